# SPDX-License-Identifier: Apache-2.0
"""What the catalog says, and what it is told when it says something wrong."""
import pytest
from builder.catalog import Catalog, read
from builder.failure import Failure
from conftest import CATALOG


def test_a_family_name_means_its_usual_version(world):
    assert world.catalog.find("lua").name == "lua-5.4"


def test_a_name_that_is_nearly_one_is_told_which(world):
    with pytest.raises(Failure, match=r"There is no image `lua-5.6`; did you mean `lua-5\.\d`\?"):
        world.catalog.find("lua-5.6")


def test_a_name_that_is_like_none_is_told_all(world):
    with pytest.raises(Failure, match="there are: debian, debian-12, debian-13, lua, "):
        world.catalog.find("qqqqqqq")


def test_packages_come_from_the_manifests_by_the_names_of_the_suite(world):
    assert world.catalog.find("lua-5.4").packages == ("liblua5.4-0", "lua5.4", "luarocks", "make")
    assert world.catalog.find("lua-5.5").packages == ("liblua5.4-0t64", "lua5.4", "make", "more")


def test_an_image_declares_only_what_its_parents_have_not(world):
    assert world.catalog.own_packages(world.catalog.find("socket")) == ("lua-socket",)


def test_a_framework_has_its_parents_adapters_and_suite(world):
    image = world.catalog.find("socket")
    assert (image.adapters, image.suite, image.ref) == (("lua",), "debian-12", "socket:latest")


@pytest.mark.parametrize("before, after, sentence", [
    ('parent = "debian-12"', 'parent = "nowhere"', "stands on `nowhere`, which must stand before it"),
    ('kind = "language"', 'kind = "tongue"', "must have as its kind one of base, language, framework"),
    ('[image.scratch]\n', '[image.scratch]\nrot = 1\n', "has the key `rot`, which is not known"),
    ('[image.scratch]', '[image.desert]', "is of no family"),
    ('adapters = ["lua"]', 'adapters = ["lau"]', "There is no language `lau`; did you mean `lua`"),
    ('epoch = 1000', 'epoch = ', "is no TOML"),
])
def test_a_mistake_is_told_with_its_place(before, after, sentence):
    with pytest.raises(Failure, match=sentence):
        Catalog(CATALOG.replace(before, after, 1))


def test_our_own_catalog_builds_only_what_it_can_name():
    catalog = read()
    assert {image.name for image in catalog.images.values() if image.recipe} == {"alpine-3.20", "ubuntu-24.04"}
    assert all(catalog.find(image.family).family == image.family for image in catalog.images.values())
