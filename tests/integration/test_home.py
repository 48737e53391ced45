def test_front_page_opens(client):
    assert client.get("/").status_code == 200
