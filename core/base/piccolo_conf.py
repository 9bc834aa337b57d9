"""Where Piccolo looks for its engine and its apps."""

from piccolo.conf.apps import AppRegistry

from core.base.query import engine

DB = engine
APP_REGISTRY = AppRegistry(apps=[])
