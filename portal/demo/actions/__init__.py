"""Making the sample network by running the product's own actions over four weeks."""

from portal.demo.actions.loading import OnlyInTheDemo, load_sample_network
from portal.demo.actions.people import PASSWORD

__all__ = ["PASSWORD", "OnlyInTheDemo", "load_sample_network"]
