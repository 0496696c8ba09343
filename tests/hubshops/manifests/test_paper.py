"""The printed manifest: every barcode scans, nobody's phone stands on it, rows stay whole."""

import datetime as dt
import io

import pypdf
import pypdfium2
import pytest
import zxingcpp

from hubshops.manifests.actions import plan_and_publish
from hubshops.manifests.documents import manifest_pdf
from hubshops.manifests.queries import ManifestPaper, OffRow, PaperRow, manifest_of, paper_of
from hubshops.manifests.rules import paper_address
from tests.factories import DAY, MORNING, make_package, make_packages, make_shop, make_station

DPI = 200


def a_row(number=1, **fields) -> PaperRow:
    defaults = {
        "stop": number,
        "address1": f"{number} North College Avenue",
        "unit": "",
        "name": "Ines B.",
        "instructions": "",
        "requires": "",
        "tracking_id": f"TBA{number:012d}",
        "added_in": 1,
        "code": f"4KZ-{number}",
    }
    return PaperRow(**defaults | fields)


def a_paper(*rows: PaperRow, **fields) -> ManifestPaper:
    defaults = {
        "number": "FAY-2026-11-20-rosas-bodega",
        "version": 1,
        "shop_name": "Rosa's Bodega",
        "shop_address": "100 W Center St, Fayetteville, AR 72701",
        "station": "FAY Fayetteville North",
        "service_day": DAY,
        "destroy_by": DAY + dt.timedelta(days=7),
        "stops": len({row.stop for row in rows}),
        "address": "HTTPS://PORTAL.HUB.TEST/S/",
    }
    return ManifestPaper(rows=rows, **defaults | fields)


def texts(content: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(content)
    return [page.get_textpage().get_text_range() for page in document]


def scanned(content: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(content)
    found = []
    for page in document:
        image = page.render(scale=DPI / 72, grayscale=True).to_pil()
        codes = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.Code128)
        found += [code.text for code in sorted(codes, key=lambda one: one.position.top_left.y)]
    return found


def squares(content: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(content)
    found = []
    for page in document:
        image = page.render(scale=DPI / 72, grayscale=True).to_pil()
        codes = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
        found += [code.text for code in sorted(codes, key=lambda one: one.position.top_left.y)]
    return found


def embedded_fonts(content: bytes) -> set[str]:
    fonts = set()
    for page in pypdf.PdfReader(io.BytesIO(content)).pages:
        for font in page["/Resources"]["/Font"].values():
            facts = font.get_object()
            if "/FontDescriptor" in facts and "/FontFile2" in facts["/FontDescriptor"]:
                fonts.add(facts["/BaseFont"].partition("+")[2])
    return fonts


def test_the_first_page_says_whose_it_is_and_until_when_it_may_be_kept():
    (page,) = texts(manifest_pdf(a_paper(a_row())))
    for words in (
        "Rosa's Bodega",
        "100 W Center St, Fayetteville, AR 72701",
        "Friday, November 20, 2026",
        "FAY-2026-11-20-rosas-bodega · version 1",
        "1 package · 1 stop",
        "From station FAY Fayetteville North",
        "Destroy by Friday, November 27",
        "Page 1 of 1",
    ):
        assert words in page


def test_every_barcode_scans_back_from_the_page():
    rows = [a_row(number) for number in range(1, 61)]
    content = manifest_pdf(a_paper(*rows))
    assert len(texts(content)) == 3
    assert scanned(content) == [row.tracking_id for row in rows]


@pytest.mark.parametrize(
    "tracking_id",
    [
        "A",
        "9400111899223197428490",
        "1Z999AA10123456784",
        "X" * 40,
        "aZ9-_./+$ %#~|{}" * 2,
        "1234567890" * 4,
        "A1B2C3D4E5F6G7H8I9J0K1L2M3N4O5P6Q7R8S9T0",
    ],
)
def test_odd_and_long_tracking_ids_scan_too(tracking_id):
    row = a_row(tracking_id=tracking_id, instructions="Leave it at the side door " * 8)
    assert scanned(manifest_pdf(a_paper(a_row(2), row, a_row(3)))) == [
        a_row(2).tracking_id,
        tracking_id,
        a_row(3).tracking_id,
    ]


def test_a_row_is_never_split_across_pages():
    rows = [a_row(n, instructions=f"note{n}x " * (n % 5) * 6) for n in range(1, 80)]
    pages = texts(manifest_pdf(a_paper(*rows)))
    for number in range(1, 80):
        on = [page for page in pages if f"TBA{number:012d}" in page]
        assert len(on) == 1
        assert on[0].count(f"note{number}x") == rows[number - 1].instructions.count("note")


@pytest.mark.parametrize(
    "name",
    ["José Ñ.", "Łukasz Ż.", "Иван П.", "Νίκος Π.", "Nguyễn T.", "王小明", "田中 太.", "김철수"],
)
def test_names_in_any_script_can_be_read(name):
    content = manifest_pdf(a_paper(a_row(name=name), shop_name=f"{name} & Co"))
    (page,) = texts(content)
    assert page.count(name) == 2


def test_a_sign_that_no_font_has_is_a_question_mark():
    (page,) = texts(manifest_pdf(a_paper(a_row(name="Bo 🎁"))))
    assert "Bo ?" in page


def test_what_the_door_needs_is_marked():
    rows = [a_row(1, requires="signature"), a_row(2, requires="code"), a_row(3)]
    (page,) = texts(manifest_pdf(a_paper(*rows)))
    assert (page.count("SIGNATURE"), page.count("CODE")) == (1, 1)


def test_what_a_later_version_added_is_marked():
    rows = [a_row(1), a_row(2, added_in=2)]
    (page,) = texts(manifest_pdf(a_paper(*rows, version=2)))
    assert page.count("NEW") == 1
    assert "NEW" not in texts(manifest_pdf(a_paper(a_row(1))))[0]


def test_an_empty_manifest_is_one_page():
    assert len(texts(manifest_pdf(a_paper()))) == 1


def test_the_same_facts_give_the_same_bytes():
    paper = a_paper(a_row(1), a_row(2, name="王小明"))
    assert manifest_pdf(paper) == manifest_pdf(paper)


def test_very_long_words_stay_on_the_page():
    row = a_row(
        address1="12345-67890 " + "Boulevard" * 12,
        unit="U" * 60,
        name="N" * 120,
        instructions="w" * 300,
    )
    content = manifest_pdf(a_paper(row, shop_name="S" * 120))
    page = pypdfium2.PdfDocument(content)[0].render(scale=1, grayscale=True).to_pil()
    margin = page.crop((580, 100, 612, 700))
    assert margin.getextrema() == (255, 255)


@pytest.mark.django_db
def test_a_published_manifest_carries_first_names_and_no_phone():
    station = make_station()
    shop = make_shop(station=station)
    make_package(station=station, recipient_name="Maria Lopez", phone="479-555-0199")
    make_packages(2, station=station)
    plan_and_publish(station=station, service_day=DAY, at=MORNING)

    paper = paper_of(manifest_of(shop, DAY))

    assert (len(paper.rows), paper.destroy_by) == (3, DAY + dt.timedelta(days=7))
    text = "".join(texts(manifest_pdf(paper)))
    assert "Maria L." in text
    assert "Lopez" not in text
    assert "0199" not in text


@pytest.mark.parametrize(
    ("public_url", "address"),
    [
        ("https://portal.example", "HTTPS://PORTAL.EXAMPLE/S/"),
        ("http://127.0.0.1:8000/", "HTTP://127.0.0.1:8000/S/"),
        ("https://portal.example/Hub/eu", "HTTPS://PORTAL.EXAMPLE/Hub/eu/S/"),
    ],
)
def test_the_address_in_a_square_keeps_the_case_of_a_path(public_url, address):
    assert paper_address(public_url) == address


@pytest.mark.parametrize(
    "host",
    [
        "HTTPS://HUB.TEST",
        "HTTPS://PORTAL.HUBDELIVERY.EXAMPLE:8443",
        "HTTPS://HUB.TEST/Partners",
    ],
)
def test_every_stop_has_one_square_that_scans_back(host):
    rows = [a_row(number) for number in range(1, 61)]
    rows.insert(5, a_row(5, tracking_id="TBX1"))
    content = manifest_pdf(a_paper(*rows, address=f"{host}/S/"))
    assert squares(content) == [f"{host}/S/4KZ-{number}" for number in range(1, 61)]
    assert len(scanned(content)) == 61


def test_a_stop_that_goes_on_overleaf_has_its_square_there_too():
    rows = [a_row(1, tracking_id=f"T{number}") for number in range(40)]
    content = manifest_pdf(a_paper(*rows))
    assert squares(content) == ["HTTPS://PORTAL.HUB.TEST/S/4KZ-1"] * len(texts(content))


def test_120_packages_in_three_scripts_fill_whole_pages():
    names = ["王", "蘇", "Ñandú", "苏", "龍", "龙", "Ines B."]
    rows = [a_row(n, name=names[n % 7], unit=f"Apt {n}") for n in range(1, 121)]
    content = manifest_pdf(a_paper(*rows))
    pages = texts(content)
    for number, page in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in page
        assert "TBA0" in page, "a page without rows"
    whole = "".join(pages)
    for place, name in enumerate(names):
        expected = sum(n % 7 == place for n in range(1, 121))
        assert whole.count(name) >= expected
    assert scanned(content) == [row.tracking_id for row in rows]
    assert len(squares(content)) == 120
    assert "DroidSansFallback" in embedded_fonts(content)


@pytest.mark.parametrize("name", ["王", "蘇", "苏", "Ωmega", "Łukasz"])
def test_letters_that_a_viewer_may_lack_are_embedded(name):
    assert embedded_fonts(manifest_pdf(a_paper(a_row(name=name))))


def test_a_time_window_and_the_columns_for_a_pen_stand_on_the_paper():
    (page,) = texts(manifest_pdf(a_paper(a_row(window="10:00–14:00", requires="signature"))))
    for words in ("10:00–14:00", "SIGNATURE", "Time", "Result", "Initials"):
        assert words in page


@pytest.mark.parametrize("count", range(19, 26))
def test_what_was_taken_off_stands_at_the_end_and_its_title_is_never_alone(count):
    off = tuple(OffRow(n, f"{n} Oak St", f"GONE{n:03d}", 2) for n in range(1, 5))
    rows = [a_row(n) for n in range(1, count)]
    pages = texts(manifest_pdf(a_paper(*rows, version=2, taken_off=off)))
    (titled,) = [page for page in pages if "TAKEN OFF" in page]
    assert "GONE001" in titled
    assert "".join(pages).count("GONE") == 4
    assert "4 packages were taken off: see the end of the list" in pages[0]


def test_each_helper_of_a_split_day_gets_pages_of_her_own():
    rows = [a_row(1), a_row(2), a_row(3, tour=2)]
    first, second = texts(manifest_pdf(a_paper(*rows, helpers=((1, "Rosa"), (2, "Sam")))))
    assert "Tour 1: Rosa" in first
    assert "Tour 2: Sam" in second
    assert a_row(3).tracking_id in second
    assert "Tour" not in texts(manifest_pdf(a_paper(a_row(1))))[0]
