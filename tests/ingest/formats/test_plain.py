from langchain_core.documents.base import Blob

from ingest.formats import TEXT, parse


def test_plain_text_is_kept_as_it_is() -> None:
    (page,) = parse(Blob.from_data("Un *titre*\n\n# pas un titre\n", mime_type=TEXT))
    assert (page.page_content, page.metadata) == ("Un *titre*\n\n# pas un titre", {"title": "Un *titre*"})
