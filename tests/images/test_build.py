# SPDX-License-Identifier: Apache-2.0
"""What is built, in which order, and what is not built again."""
import json

ALL = ["debian-12.adapters", "debian-12.daemon", "debian-12.packages", "debian-12.root"]
LUA = ["debian-12.packages", "debian-12.root", "lua-5.4.adapters", "lua-5.4.daemon", "lua-5.4.packages"]


def test_a_second_time_nothing_is_built(world):
    assert world.build("debian", "lua") == (sorted(set(ALL + LUA)), {})
    assert world.build("debian", "lua") == ([], {})
    assert all(line.endswith("unchanged") for line in world.said[-7:])


def test_told_to_forget_it_builds_all_again_to_the_same_images(world):
    world.build("lua")
    before = dict(world.engine.images)
    assert world.build("lua", fresh=True) == (LUA, {})
    assert world.engine.images == before
    assert all(line.endswith("the same image") for line in world.said[-5:])


def test_a_new_daemon_builds_the_last_step_alone(world):
    world.build("lua")
    (world.programs / "quernd").write_text("another")
    assert world.build("lua") == (["lua-5.4.daemon"], {})


def test_an_image_that_has_gone_from_the_store_is_built_again(world):
    world.build("scratch")
    world.engine.images.clear()
    assert world.build("scratch") == (["scratch.daemon", "scratch.root"], {})


def test_what_failed_keeps_back_only_what_stands_on_it(world):
    world.engine.failing["lua-5.4.packages"] = ""
    built, failed = world.build("debian", "socket", "scratch")
    assert built == ALL + ["scratch.daemon", "scratch.root"]
    assert failed["socket.daemon"] == "What it stands on, socket.adapters, was not built."
    assert failed["lua-5.4.packages"].startswith("`fake build` ended with 1. All that was said is in ")


def test_after_a_failure_it_goes_on_where_it_stopped(world):
    world.engine.failing["lua-5.4.adapters"] = ""
    world.build("lua")
    world.engine.failing.clear()
    assert world.build("lua") == (["lua-5.4.adapters", "lua-5.4.daemon"], {})


def test_a_mirror_out_of_reach_is_told_in_a_sentence(world):
    world.engine.failing["lua-5.4.packages"] = "E: Failed to fetch http://deb.debian.org/debian/pool/x.deb  Could not resolve it\n"
    _, failed = world.build("lua")
    assert failed["lua-5.4.packages"].startswith(
        "http://deb.debian.org/debian/pool/x.deb cannot be reached from here: see to the network, a proxy, or another mirror")


def test_a_disk_that_is_too_full_is_told_before_it_is_full(world):
    _, failed = world.build("scratch", keep_free=1 << 20)
    assert "are to stay free (--keep-free)" in failed["scratch.root"]


def test_what_was_built_is_kept_with_its_size(world):
    world.build("scratch")
    state = json.loads((world.places.states / "scratch.daemon.json").read_text())
    assert state["size"] == 1000 and state["id"] == world.engine.images["test/scratch:latest"]
