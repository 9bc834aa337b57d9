"""What the commands share: the screen, and the settings or a plain word about what is wrong with them."""

import os

import rich_click as click
from rich.console import Console

from core.base.errors import Message
from core.base.i18n import Texts, language_of
from core.base.settings import BadSetting, Settings, from_environment

screen = Console(highlight=False)


def settings() -> Settings:
    """The settings of the environment. Raises ClickException."""
    try:
        return from_environment(os.environ)
    except BadSetting as error:
        raise click.ClickException(str(error)) from error


def said(texts: Texts, message: Message) -> str:
    """A text of ours in the language of the terminal."""
    language = language_of(os.environ.get("LC_ALL") or os.environ.get("LANG", "")) or "en"
    return texts.render(language, message)
