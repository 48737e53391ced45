"""The list of what waits."""

import pytest

from portal.moderation.states import CaseAction, CaseKind
from portal.permissions import Role
from tests.factories.moderation import known_kinds, make_case
from tests.factories.people import make_user


@pytest.fixture
def clerk(client):
    user = make_user(name="Carla Prova", roles=(Role.STAFF,))
    client.sign_in(user)
    return user


def test_queue_lists_what_waits_by_time_left(client, clerk):
    make_case(title="Con calma", days_left=20)
    make_case(title="In ritardo", days_left=-2)
    make_case(title="Di oggi", days_left=0)
    page = client.get("/gestione/coda").text
    assert page.index("In ritardo</a>") < page.index("Di oggi</a>") < page.index("Con calma</a>")
    assert 'data-total="3"' in page


def test_a_case_opens_and_is_decided(client, clerk):
    case = make_case()
    assert client.get(f"/gestione/coda/{case.id}").status_code == 200


def test_a_known_case_is_decided_and_the_next_one_opens(client, clerk):
    first, second = make_case(days_left=1), make_case(title="La prossima", days_left=5)
    with known_kinds(CaseKind.PROPOSAL) as known:
        assert client.get(f"/gestione/coda/{first.id}").status_code == 200
        answer = client.submit(
            f"/gestione/coda/{first.id}/decidi",
            {"version": first.version, "decision": "accept", "reason": "Bella idea, si può fare."},
        )
        assert (answer.status_code, answer.location) == (303, f"/gestione/coda/{second.id}")
        assert "La prossima" in client.get(answer.location).text
    assert known.applied == [(first.id, CaseAction.ACCEPT, "Bella idea, si può fare.")]
