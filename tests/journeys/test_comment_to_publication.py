"""A comment, from the phone through the queue to the talk, and the support beside it."""

import pytest

from tests.journeys.accessibility import assert_accessible
from tests.journeys.conftest import OWN_PASSWORD
from tests.journeys.test_request_to_approval import CLERK, DONE, decides, opens_the_case

pytestmark = pytest.mark.xdist_group("journeys")
