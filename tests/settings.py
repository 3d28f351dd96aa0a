"""Settings of the test suite: those of the portal, in a directory of their own."""

import os
import tempfile
from pathlib import Path

# Whatever is exported, tests write nowhere else; gone when the suite is over.
_directory = tempfile.TemporaryDirectory(prefix="immunoportal-tests-")
os.environ["DATA_DIR"] = _directory.name
os.environ.pop("EMAIL_URL", None)

from immunoportal.settings import *  # noqa: E402, F403

if DATABASES["default"]["ENGINE"] == "immunoportal.sqlite":  # noqa: F405
    # In a file, as in production: threads lock each other out of a shared memory database.
    DATABASES["default"]["TEST"] = {"NAME": DATA_DIR / "test.sqlite3"}  # noqa: F405

# Hashing is slow on purpose; tests log in often.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {  # noqa: F405
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
Path(STATIC_ROOT).mkdir(exist_ok=True)  # noqa: F405
