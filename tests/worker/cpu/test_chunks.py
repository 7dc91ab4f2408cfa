from interview_worker.cpu.chunks import MAX_CHUNK, make_chunks
from interview_worker.cpu.document_reader import ChildDocumentReader
from interview_worker.cpu.documents import Line, Span
from interview_worker.cpu.sections import Section, split_sections
from tests.samples.make_resume_pdf import make_resume_pdf


def section(*texts: str, page: int = 1, key: str = "experience") -> Section:
    return Section(key, "경력", tuple(Line(page, (Span(text),), text) for text in texts))


def test_chunks_keep_every_word_in_order_with_section_and_page():
    sections = [section("주문 API 개발", "결제 API 개발"), section("한국대학교", page=3, key="education")]

    chunks = make_chunks(sections)

    assert [(chunk.position, chunk.section, chunk.page, chunk.text) for chunk in chunks] == [
        (0, "experience", 1, "주문 API 개발\n결제 API 개발"),
        (1, "education", 3, "한국대학교"),
    ]


def test_no_chunk_is_longer_than_the_model_reads():
    long_line = "주문과 결제를 " * 300
    chunks = make_chunks([section(*["결제 시스템을 개선했습니다."] * 100, long_line, "가" * 2000)])

    assert max(len(chunk.text) for chunk in chunks) <= MAX_CHUNK
    assert sum(chunk.text.count("개선") for chunk in chunks) == 100
    assert sum(chunk.text.count("주문과") for chunk in chunks) == 300
    assert [chunk.position for chunk in chunks] == list(range(len(chunks)))


def test_personal_data_of_a_sample_reaches_no_chunk(tmp_path):
    for language in ("ko", "en"):
        facts = make_resume_pdf(language, tmp_path / "resume.pdf")
        document = ChildDocumentReader().read((tmp_path / "resume.pdf").read_bytes())

        text = "\n".join(chunk.text for chunk in make_chunks(split_sections(document.lines)))

        assert facts.projects[0].name in text
        for secret in (facts.email, facts.phone, facts.birth, facts.address):
            assert secret not in text
