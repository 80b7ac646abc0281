"""What `nianbao init` writes can be read back at once, and overwrites nothing."""

from __future__ import annotations

import pytest

from storage.configuration import Configuration, load_configuration
from storage.errors import ConfigurationError
from storage.records import Registry
from storage.registry import read_registry
from storage.starter import write_starter


def test_the_starter_says_what_is_the_default_anyway(tmp_path):
    starter = write_starter(tmp_path / "new" / "watch")

    folder = tmp_path / "new" / "watch"
    assert load_configuration(folder / "nianbao.toml") == Configuration(
        path=folder / "nianbao.toml", data=folder / "data", registry=folder / "registry"
    )
    assert read_registry(folder / "registry") == Registry((), (), ())
    assert [path.relative_to(folder).as_posix() for path in starter.written] == [
        "nianbao.toml",
        "registry/agencies.csv",
        "registry/portals.toml",
        "registry/waivers.toml",
        "registry/successions.toml",
    ]


@pytest.mark.parametrize(
    "name", ["nianbao.toml", "registry/portals.toml", "registry/waivers.toml", "registry/successions.toml"]
)
def test_the_examples_in_the_comments_are_in_order(tmp_path, name):
    write_starter(tmp_path)
    path = tmp_path / name
    lines = [
        line.removeprefix("# ") if " = " in line or line.startswith("# [") else line
        for line in path.read_text("utf-8").splitlines()
    ]
    path.write_text("\n".join(lines), "utf-8")
    (tmp_path / "registry" / "agencies.csv").write_text(
        "id,name,kind,region,portal\nanqiu-huiqu,辉渠镇人民政府,township_government,370784,anqiu\n"
        "anqiu-nongji,农业机械局,local_department,370784,anqiu\nanqiu-nongye,农业农村局,local_department,370784,anqiu\n",
        "utf-8",
    )
    if not name.endswith("portals.toml"):
        (tmp_path / "registry" / "portals.toml").write_text('[anqiu]\nname="安丘"\nbase_url="http://a/"\n', "utf-8")

    configuration = load_configuration(tmp_path / "nianbao.toml")
    if name == "nianbao.toml":
        assert len(configuration.notify) == 1
    else:
        registry = read_registry(configuration.registry)
        assert len(registry.portals) == 1
        assert len(registry.waivers) == (1 if name.endswith("waivers.toml") else 0)
        assert len(registry.successions) == (1 if name.endswith("successions.toml") else 0)


def test_files_that_are_there_are_kept(tmp_path):
    (tmp_path / "nianbao.toml").write_text("mine", "utf-8")

    starter = write_starter(tmp_path)

    assert starter.kept == (tmp_path / "nianbao.toml",)
    assert (tmp_path / "nianbao.toml").read_text("utf-8") == "mine"
    assert write_starter(tmp_path).written == ()


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("", "utf-8")

    with pytest.raises(ConfigurationError, match="file"):
        write_starter(tmp_path / "file")
