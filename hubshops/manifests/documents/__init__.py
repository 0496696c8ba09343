"""A manifest as paper, a day as a table."""

from hubshops.manifests.documents.paper import current_paper, manifest_pdf, paper_fingerprint
from hubshops.manifests.documents.tables import day_csv

__all__ = ["current_paper", "day_csv", "manifest_pdf", "paper_fingerprint"]
