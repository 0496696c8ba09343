"""How fast a manifest of 50 packages becomes paper: a Code 128 on every row, a QR code on every
stop, notes, marks and columns for a pen."""

import datetime as dt
import io
import statistics
import time
import zlib

from benchmarks.harness import Figure
from hubshops.manifests.documents import manifest_pdf
from hubshops.manifests.queries import ManifestPaper, PaperRow
from kernel.barcodes import code128_path
from kernel.qr import qr_path, qr_size

PACKAGES = 50
ROUNDS = 20
SLOW_ROUNDS = 1
DAY = dt.date(2026, 11, 20)


def a_paper(turn: int) -> ManifestPaper:
    """Fifty packages at thirty doors; every turn has other streets, names, ids and codes, so that
    no word and no code comes from a cache."""
    rows = tuple(
        PaperRow(
            stop=number * 3 // 5 + 1,
            address1=f"{100 + number * 7 + turn} North College Avenue {turn}",
            unit="Apt 4" if number % 4 == 0 else "",
            name=f"Maria{turn} {chr(65 + number % 26)}.",
            instructions="Ring twice, then leave it at the side door" if number % 5 == 0 else "",
            requires="signature" if number % 7 == 0 else "",
            tracking_id=f"TBA{turn:05d}{number:07d}",
            added_in=1,
            code=f"{turn % 36:X}{number:X}-{number * 3 // 5 + 1}",
            window="10:00–14:00" if number % 9 == 0 else "",
        )
        for number in range(PACKAGES)
    )
    return ManifestPaper(
        number="FAY-2026-11-20-rosas-bodega",
        version=1,
        shop_name="Rosa's Bodega",
        shop_address="100 W Center St, Fayetteville, AR 72701",
        station="FAY Fayetteville North",
        service_day=DAY,
        destroy_by=DAY + dt.timedelta(days=7),
        stops=len({row.stop for row in rows}),
        rows=rows,
        address="HTTPS://PORTAL.HUB.TEST/S/4K",
    )


def measure() -> Figure:
    """Ours, bytes written by hand, reportlab's own layout engine, and an HTML engine."""
    makers = {"ours": manifest_pdf, "by hand": by_hand, "platypus": platypus}
    why_not = "" if (html := html_engine()) else "; weasyprint left out: it or its pango is missing"
    if html:
        makers["weasyprint"] = html
    rates = pages_a_second(makers)
    ours, limit = rates.pop("ours"), rates.pop("by hand")
    return Figure(
        name="manifest_pdf",
        unit="pages/s",
        ours=ours,
        limit=limit,
        peers=rates,
        note=(
            f"{PACKAGES} packages at 30 doors, other words and codes on each, pages of the same 50"
            " packages counted as ours lays them out (2); limit: the same rows, marks, barcodes and"
            " QR codes as PDF operators written by hand, nothing measured, wrapped or escaped;"
            f" peers: a platypus table with reportlab's own code widgets; HTML with SVG codes"
            f"{why_not}"
        ),
    )


def pages_a_second(makers: dict) -> dict[str, float]:
    """Pages of each drawer in a second of CPU, a manifest counting as the pages ours needs: the
    median of five rounds in which they take turns, so that a busy machine bends no ratio."""
    pages = manifest_pdf(a_paper(0)).count(b"/Type /Page\n") or 2
    turns, spent = iter(range(10_000)), {name: [] for name in makers}
    for lap in range(6):  # the first warms up
        for name, make in makers.items():
            rounds = ROUNDS if make in (manifest_pdf, by_hand) else SLOW_ROUNDS
            papers = [a_paper(next(turns)) for _ in range(rounds)]
            start = time.process_time()
            for paper in papers:
                make(paper)
            if lap:
                spent[name].append((time.process_time() - start) / rounds)
    return {name: pages / statistics.median(times) for name, times in spent.items()}


def by_hand(paper: ManifestPaper) -> bytes:
    """The least that is to be written: one operator a mark."""
    pages, rows = [], list(paper.rows)
    while rows:
        pages.append(page_by_hand(paper, rows[:25]))
        rows = rows[25:]
    return file_by_hand(pages)


def page_by_hand(paper: ManifestPaper, rows: list[PaperRow]) -> bytes:
    """One page's content stream."""
    words = [(36, 740, paper.shop_name, 20), (36, 724, paper.shop_address, 9)]
    words += [(400, 740, str(paper.service_day), 14), (36, 710, paper.number, 9)]
    words += [(36, 696, paper.station, 9), (400, 724, f"{PACKAGES} packages", 11)]
    words += [(400, 710, f"Destroy by {paper.destroy_by}", 9), (500, 28, "Page 1 of 2", 9)]
    words += [(36, 28, "Names and addresses are private. Keep this page with you.", 8)]
    heads = ("Done", "Stop", "House", "Street, unit, person", "Tracking id", "Time", "Result")
    words += [(36 + 70 * place, 676, head, 7) for place, head in enumerate(heads)]
    marks, last = [], None
    for place, row in enumerate(rows):
        y = 645 - place * 24
        house, street = row.address1.split(" ", 1)
        words += [(60, y, str(row.stop), 11), (82, y, house, 19), (150, y + 6, street, 10)]
        words += [(150, y - 4, f"{row.name} {row.unit}", 9), (334, y - 12, row.tracking_id, 7)]
        if row.instructions:
            words.append((150, y - 13, row.instructions, 8))
        for mark in filter(None, [row.requires.upper(), row.window]):
            marks.append(f"200 {y - 4} 50 9 re f")
            words.append((203, y - 4, mark, 7))
        bars = code128_path(row.tracking_id)
        marks.append(f"q 0.95 0 0 13.5 334 {y} cm {bars} f Q 36 {y} 14 14 re S")
        marks.append(f"36 {y + 18} m 576 {y + 18} l S")
        if row.stop != last:
            square = qr_path(paper.address_of(row))
            marks.append(f"q 0.88 0 0 0.88 292 {y} cm {square} f Q")
        last = row.stop
    text = [
        f"/F1 {size} Tf 1 0 0 1 {x} {y} Tm ({line.replace('(', '').replace(')', '')}) Tj"
        for x, y, line, size in words
    ]
    marks += ["488 40 m 488 680 l S", "519 40 m 519 680 l S", "549 40 m 549 680 l S"]
    return zlib.compress("\n".join([*marks, "BT", *text, "ET"]).encode("cp1252", "replace"))


def file_by_hand(pages: list[bytes]) -> bytes:
    """Objects, cross-reference table and trailer."""
    kids = " ".join(f"{4 + place * 2} 0 R" for place in range(len(pages)))
    objects = [
        b"<</Type /Catalog /Pages 2 0 R>>",
        f"<</Type /Pages /Kids [{kids}] /Count {len(pages)}>>".encode(),
        b"<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>",
    ]
    for place, content in enumerate(pages):
        head = f"<</Type /Page\n/Parent 2 0 R /MediaBox [0 0 612 792] /Contents {5 + place * 2} 0 R"
        objects.append(f"{head} /Resources <</Font <</F1 3 0 R>>>>>>".encode())
        stream = f"<</Length {len(content)} /Filter /FlateDecode>>\nstream\n".encode()
        objects.append(stream + content + b"\nendstream")
    out, places = io.BytesIO(b"%PDF-1.4\n"), []
    out.seek(0, io.SEEK_END)
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%b\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer <</Size %d /Root 1 0 R>>\n" % (len(objects) + 1))
    out.write(b"startxref\n%d\n%%%%EOF\n" % start)
    return out.getvalue()


def platypus(paper: ManifestPaper) -> bytes:
    """What one would write first with the same library."""
    from reportlab.graphics.barcode.code128 import Code128
    from reportlab.graphics.barcode.qr import QrCodeWidget
    from reportlab.graphics.shapes import Drawing
    from reportlab.lib.pagesizes import LETTER
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

    def square(row: PaperRow) -> Drawing:
        drawing = Drawing(29, 29)
        drawing.add(QrCodeWidget(paper.address_of(row), barLevel="M", barWidth=29))
        return drawing

    styles, out = getSampleStyleSheet(), io.BytesIO()
    stops = [None, *(row.stop for row in paper.rows)]
    table = [
        [
            str(row.stop),
            Paragraph(
                f"<b>{row.address1} {row.unit}</b><br/>{row.name} <b>{row.requires} {row.window}"
                f"</b><br/>{row.instructions}"
            ),
            square(row) if row.stop != stops[place] else "",
            Code128(row.tracking_id, barWidth=0.95, barHeight=13.5, humanReadable=True),
            "",
            "",
            "",
        ]
        for place, row in enumerate(paper.rows)
    ]
    story = [
        Paragraph(paper.shop_name, styles["Title"]),
        Paragraph(f"{paper.number} {paper.service_day}", styles["Normal"]),
        Table(table, colWidths=[20, 180, 36, 190, 30, 30, 25], repeatRows=0),
    ]
    SimpleDocTemplate(out, pagesize=LETTER).build(story)
    return out.getvalue()


def html_engine():
    """The drawer by an HTML engine, or None where weasyprint or the libraries it opens (pango,
    harfbuzz) are missing."""
    try:
        from weasyprint import HTML
    except (ImportError, OSError):
        return None
    return lambda paper: HTML(string=as_html(paper)).write_pdf()


def as_html(paper: ManifestPaper) -> str:
    """The same sheet as a page with a table; codes are SVG."""
    stops = [None, *(row.stop for row in paper.rows)]
    rows = "".join(
        f"<tr><td>{row.stop}</td><td><b>{row.address1} {row.unit}</b><br>{row.name}"
        f" <b>{row.requires} {row.window}</b><br>{row.instructions}</td>"
        f"<td>{svg_square(paper.address_of(row)) if row.stop != stops[place] else ''}</td>"
        f"<td>{svg_bars(row.tracking_id)}<br>{row.tracking_id}</td>"
        "<td class=pen></td><td class=pen></td><td class=pen></td></tr>"
        for place, row in enumerate(paper.rows)
    )
    return (
        "<style>@page{size:letter;margin:.5in}table{width:100%;border-collapse:collapse}"
        "td{border-top:1px solid;font:9pt Helvetica,sans-serif}.pen{width:30pt;border:1px solid}"
        f"</style><h1>{paper.shop_name}</h1><p>{paper.number} {paper.service_day}"
        f" {paper.destroy_by}</p><table>{rows}</table>"
    )


def svg_bars(text: str) -> str:
    """A barcode as one SVG path."""
    return (
        '<svg width="140pt" height="13.5pt" viewBox="0 0 145 1" preserveAspectRatio="none">'
        f'<path d="{as_path(code128_path(text))}"/></svg>'
    )


def svg_square(text: str) -> str:
    """A QR code as one SVG path."""
    size = qr_size(text)
    return (
        f'<svg width="22pt" height="22pt" viewBox="0 0 {size} {size}">'
        f'<path d="{as_path(qr_path(text))}"/></svg>'
    )


def as_path(rectangles: str) -> str:
    """PDF rectangles as SVG."""
    boxes = rectangles.split(" re")[:-1]
    sides = (box.split() for box in boxes)
    return "".join(f"M{x} {y}h{width}v{up}h-{width}z" for x, y, width, up in sides)
