"""Every handler of the CPU queue; importing this module binds them."""

from interview_worker.cpu.erasure import erase_audio
from interview_worker.cpu.question_bank import embed_focus
from interview_worker.cpu.recording import import_recording, measure_baseline
from interview_worker.cpu.report_pdf import render_report_pdf
from interview_worker.cpu.resume import embed_resume, parse_resume
from interview_worker.cpu.search import embed_query
from interview_worker.cpu.speech import transcribe_segment
from interview_worker.cpu.spoken_question import synthesize_question
from interview_worker.cpu.vision import analyze_frame

__all__ = [
    "analyze_frame",
    "embed_focus",
    "embed_query",
    "embed_resume",
    "erase_audio",
    "import_recording",
    "measure_baseline",
    "parse_resume",
    "render_report_pdf",
    "synthesize_question",
    "transcribe_segment",
]
