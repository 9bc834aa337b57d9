"""The demo: a county town and an estate people recognise, made by the verbs everybody uses."""

from core.lifecycle.demo.load import EXAMPLE, SignIn, is_empty, load_demo

__all__ = ["EXAMPLE", "SignIn", "is_empty", "load_demo"]
