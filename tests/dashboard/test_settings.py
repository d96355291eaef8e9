"""Settings: read once from CREDITS_ variables; a bad one is one sentence, never a guess."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.settings import IDENTITY, SETTINGS, read_settings
from data.errors import UsageError


def refused(environ: dict[str, str]) -> tuple[str, str]:
    with pytest.raises(UsageError) as caught:
        read_settings(environ)
    return caught.value.code, caught.value.sentence


def test_nothing_set_gives_the_defaults_of_the_table():
    settings = read_settings({"HOME": "/somewhere", "PATH": "/bin"})
    assert settings.database_url == ""
    assert settings.prefix == "/app/account/credits"
    assert settings.cache_dir == Path("~/.cache/credits-page").expanduser()
    assert settings.log_level == "INFO"
    assert settings.identity_given == ()
    assert settings.production_missing == (*IDENTITY, "CREDITS_DATABASE_URL")


def test_each_setting_has_its_field():
    settings = read_settings({})
    assert {setting.field for setting in SETTINGS} == set(vars(settings))


def test_an_empty_variable_is_one_that_is_not_set():
    environ = {setting.name: " " for setting in SETTINGS}
    assert read_settings(environ) == read_settings({})


@pytest.mark.parametrize(
    ("text", "prefix"),
    [
        ("/credits", "/credits"),
        ("/app/account/credits/", "/app/account/credits"),
        ("/a.b/c_d/e-f~g", "/a.b/c_d/e-f~g"),
        ("/", "/"),
    ],
)
def test_a_prefix_is_a_path_without_its_closing_slash(text, prefix):
    assert read_settings({"CREDITS_PREFIX": text}).prefix == prefix


@pytest.mark.parametrize(
    "text",
    ["credits", "https://host/credits", "/a//b", "/a/../b", "/<int:id>", "/a b", "//host", "/a?b"],
)
def test_any_other_prefix_is_refused(text):
    code, sentence = refused({"CREDITS_PREFIX": text})
    assert code == "settings.value"
    assert sentence == (
        f"CREDITS_PREFIX is {text!r}, but it must be a path such as /app/account/credits."
    )


def test_a_cache_folder_may_begin_at_home(monkeypatch):
    monkeypatch.setenv("HOME", "/home/ada")
    assert read_settings({"CREDITS_CACHE_DIR": "~/c"}).cache_dir == Path("/home/ada/c")


def test_a_log_level_is_one_of_four_in_any_case():
    assert read_settings({"CREDITS_LOG_LEVEL": "debug"}).log_level == "DEBUG"
    code, sentence = refused({"CREDITS_LOG_LEVEL": "loud"})
    assert (code, sentence) == (
        "settings.value",
        "CREDITS_LOG_LEVEL is 'loud', but it must be one of DEBUG, INFO, WARNING, ERROR.",
    )


def test_a_metrics_port_is_a_port_or_none():
    ports = [
        read_settings({"CREDITS_METRICS_PORT": text}).metrics_port for text in ("", "0", "9464")
    ]
    assert [None, 0, 9464] == ports
    for text in ("-1", "65536", "http", "9464.0"):
        assert "settings.value" == refused({"CREDITS_METRICS_PORT": text})[0]


def test_keys_are_never_fetched_in_the_clear():
    """Only on the machine itself: nothing of it is on a wire."""
    for text in (
        "http://host/keys.json",
        "http://127.0.0.1.example/keys.json",
        "http://127.0.0.1@host/keys.json",
        "http://localhost.example/",
        "file:///etc/keys.json",
        "ftp://127.0.0.1/keys.json",
    ):
        assert refused({"CREDITS_IDENTITY_JWKS": text})[0] == "settings.value"
    for text in (
        "https://host/keys.json",
        "/etc/keys.json",
        "http://127.0.0.1:9000/jwks",
        "http://localhost/jwks",
        "http://[::1]:9000/jwks",
    ):
        assert read_settings({"CREDITS_IDENTITY_JWKS": text}).identity_jwks == text


def test_trusted_peers_are_networks():
    peers = read_settings({"CREDITS_TRUSTED_PEERS": "10.0.3.0/24, ::1 127.0.0.1"}).trusted_peers
    assert [str(peer) for peer in peers] == ["10.0.3.0/24", "::1/128", "127.0.0.1/32"]
    assert read_settings({}).trusted_peers == ()
    for text in ("proxy.example", "10.0.3.7/24", "10.0.3", "10.0.0.0/33", "*"):
        assert refused({"CREDITS_TRUSTED_PEERS": text})[0] == "settings.value"


def test_identity_settings_are_counted_by_name():
    settings = read_settings({"CREDITS_IDENTITY_ISSUER": "https://host"})
    assert settings.identity_given == ("CREDITS_IDENTITY_ISSUER",)
    assert settings.production_missing == (
        "CREDITS_IDENTITY_AUDIENCE",
        "CREDITS_IDENTITY_JWKS",
        "CREDITS_DATABASE_URL",
    )


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("CREDITS_DATABASE", "CREDITS_DATABASE_URL"),
        ("CREDITS_PREFX", "CREDITS_PREFIX"),
        ("CREDITS_IDENTITY_JWKS_URL", "CREDITS_IDENTITY_JWKS"),
    ],
)
def test_a_setting_that_does_not_exist_is_refused_with_the_nearest_name(name, nearest):
    """A misspelt identity setting must not leave a server without one in silence."""
    assert refused({name: "x"}) == (
        "settings.unknown",
        f"There is no setting {name}. Did you mean {nearest}?",
    )


def test_the_place_of_the_tests_real_data_is_no_setting_and_no_error():
    assert read_settings({"CREDITS_REAL_DATA": "/data"}) == read_settings({})


# --- the host -------------------------------------------------------------------------------

ADDRESSES = ("ACCOUNT_URL", "LEDGER_URL", "HELP_URL", "SIGN_IN_URL")


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize(
    "text",
    ["/app/ledger", "https://host.example", "http://localhost:3000/x?y=1#z", "/", "/a%20b"],
)
def test_an_address_of_the_host_is_kept_to_the_letter(name, text):
    assert getattr(read_settings({f"CREDITS_{name}": text}), name.lower()) == text


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "https://",
        "https:///x",
        "https:/x",
        "ftp://host",
        "ledger",
        "/a b",
        "/a\nb",
        "/ü",
    ],
)
def test_what_is_no_address_of_a_page_is_refused(name, text):
    needed = "it must be an https:// address or a path such as /app/account."
    code, sentence = refused({f"CREDITS_{name}": text})
    assert (code, sentence) == ("settings.value", f"CREDITS_{name} is {text!r}, but {needed}")


def test_a_product_name_is_one_short_line():
    assert read_settings({"CREDITS_PRODUCT_NAME": " Acme & Co "}).product_name == "Acme & Co"
    for text in ("x" * 61, "two\nlines", "\u202eback"):
        assert refused({"CREDITS_PRODUCT_NAME": text})[0] == "settings.value"


def test_origins_that_may_frame_the_page_are_listed_with_blanks_or_commas():
    given = {"CREDITS_FRAME_ANCESTORS": "https://a.example, http://localhost:3000  https://b.c"}
    expected = ("https://a.example", "http://localhost:3000", "https://b.c")
    assert read_settings(given).frame_ancestors == expected
    assert read_settings({}).frame_ancestors == ()


@pytest.mark.parametrize(
    "text",
    [
        "*",
        "https:",
        "https://*.example.com",
        "https://a.example/path",
        "https://a.example/",
        "a.example",
        "'none'",
        "https://a.example; script-src *",
    ],
)
def test_what_is_no_whole_origin_is_refused(text):
    assert refused({"CREDITS_FRAME_ANCESTORS": text})[0] == "settings.value"


def test_a_file_of_colours_may_begin_at_home(monkeypatch):
    monkeypatch.setenv("HOME", "/home/ada")
    assert read_settings({"CREDITS_TOKENS": "~/c.toml"}).tokens == Path("/home/ada/c.toml")
    assert read_settings({}).tokens is None
