"""Settings: options beat the environment, which beats the config file, which beats the defaults.

The strongest source that names a provider or a base URL decides where requests go; if none does, a key alone means OpenAI,
and nothing at all means the embedded demo. Keys are never settings: they are looked up when an endpoint is made.
"""

from tui.endpoint import Endpoint
from tui.settings.errors import SettingsError
from tui.settings.load import load_settings
from tui.settings.model import Provider, Settings

__all__ = ["Endpoint", "Provider", "Settings", "SettingsError", "load_settings"]
