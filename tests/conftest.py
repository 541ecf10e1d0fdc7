import os

from hypothesis import settings

# The same examples in every run where a failure would stop somebody else's work.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("here", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "here")
