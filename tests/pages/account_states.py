"""Landing page, registering, signing in."""

from playwright.sync_api import Page

from tests.pages.page_server import AWAY, Answers, Reply
from tests.pages.people import refusal, signed_out
from tests.pages.state import State, word


def _signing_in(reply: Reply) -> "Answers":
    return {"POST /auth/token": reply}


def _sign_in(page: Page, language: str) -> None:
    page.get_by_label(word(language, "아이디 또는 이메일", "Username or e-mail")).fill("jiwon")
    page.get_by_label(word(language, "비밀번호", "Password"), exact=True).fill("not the right one")
    page.get_by_role("main").get_by_role("button", name=word(language, "로그인", "Sign in"), exact=True).click()


def _fill_registration(page: Page, language: str) -> None:
    page.get_by_label(word(language, "아이디 또는 이메일", "Username or e-mail")).fill("jiwon")
    page.get_by_label(word(language, "비밀번호", "Password"), exact=True).fill("정직한 말 staple 9")


def _register(page: Page, language: str) -> None:
    _fill_registration(page, language)
    page.get_by_role("main").get_by_role("button", name=word(language, "회원가입", "Create account")).click()


STATES = [
    State("landing", "/", signed_out, ("왜 이 질문인가요?", "Why this question?")),
    State("sign-in", "/sign-in", signed_out, ("아이디 또는 이메일", "Username or e-mail")),
    State(
        "sign-in-wrong",
        "/sign-in",
        lambda language: signed_out(language) | _signing_in(refusal(401, "WRONG_CREDENTIALS")),
        ("아이디나 비밀번호가 맞지 않아요", "The username or the password is wrong"),
        _sign_in,
    ),
    State(
        "sign-in-locked",
        "/sign-in",
        lambda language: signed_out(language) | _signing_in(refusal(429, "RATE_LIMITED", {"Retry-After": "47"})),
        ("47초", "47 seconds"),
        _sign_in,
    ),
    State(
        "sign-in-server-away",
        "/sign-in",
        lambda language: signed_out(language) | _signing_in(AWAY),
        ("서버에 연결할 수 없어요", "The server cannot be reached"),
        _sign_in,
    ),
    State("register", "/register", signed_out, ("아이디 또는 이메일", "Username or e-mail"), _fill_registration),
    State(
        "register-taken",
        "/register",
        lambda language: signed_out(language) | {"POST /auth/register": refusal(409, "USERNAME_TAKEN")},
        ("이미", "This username is taken"),
        _register,
    ),
    State(
        "page-server-away",
        "/home",
        lambda language: {"POST /auth/refresh": AWAY},
        ("서버에 연결할 수 없어요", "The server cannot be reached"),
    ),
    State("not-found", "/nowhere", signed_out, ("찾는 페이지가 없어요", "This page does not exist")),
]
