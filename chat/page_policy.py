"""What the pages with a composer let pass beyond the strict policy of all others."""

from csp.constants import UNSAFE_INLINE

# The emoji picker lays itself out with style elements and attributes inside its shadow. Scripts stay as they are.
EMOJI_PICKER = {"style-src": [UNSAFE_INLINE]}
