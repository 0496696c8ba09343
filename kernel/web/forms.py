"""How every Django form of the portal is drawn."""

from django.forms.renderers import TemplatesSetting


class HouseRenderer(TemplatesSetting):
    """Draws `{{ form }}` and `{{ field.as_field_group }}` with the house's components."""

    form_template_name = "components/fields.html"
    field_template_name = "components/field.html"
