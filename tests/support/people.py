"""Ways into a house that holds the demo: who signs in with what."""

import re

import httpx

from core.base.settings import Settings
from core.lifecycle.demo import SignIn
from web.serve import demo_sign_ins


def sign_in_of(settings: Settings, role: str) -> SignIn:
    """The demo's sign-in of a role: leader, deputy, volunteer, worker, clerk, auditor, operator …"""
    return next(way for way in demo_sign_ins(settings) if way.role == role)


def cookie_of(base_url: str, way: SignIn) -> str:
    """Signs in as a browser without JavaScript would; the session's cookie header."""
    with httpx.Client(base_url=base_url) as client:
        page = client.get("/sign-in")
        found = re.search(r'name="_csrf_token" value="([^"]+)"', page.text)
        assert found is not None
        form = {"_csrf_token": found[1], "login": way.account, "password": way.password, "next": ""}
        answer = client.post("/sign-in", data=form)
        assert answer.status_code == 303, answer.text
        return "; ".join(f"{name}={value}" for name, value in client.cookies.items())
