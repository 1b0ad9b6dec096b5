# SPDX-License-Identifier: Apache-2.0
"""What the worker adds to other modules, at the moment a snippet imports them and not before.

linecache learns the snippets' sources, getpass asks through the daemon, matplotlib draws to PNG,
IPython's display speaks to the wire; where IPython is missing, its display module is stood in for.
os.system can be interrupted.
"""
import os
import sys

from . import rich

__builtins__ = dict(__builtins__)


class AfterImport:
    """A finder that finds nothing itself: it has the real loader call back when it has loaded."""

    def __init__(self, hooks):
        self.hooks = hooks

    def find_spec(self, name, path=None, target=None):
        hook = self.hooks.pop(name, None)
        if hook is None:
            return None
        for finder in sys.meta_path:
            if finder is not self and (spec := finder.find_spec(name, path, target)):
                break
        else:
            self.hooks[name] = hook
            return None
        execute = getattr(spec.loader, "exec_module", None)
        if execute:
            def exec_module(module):
                execute(module)
                hook(module)
            try:
                spec.loader.exec_module = exec_module
            except AttributeError:
                pass  # a loader without attributes (built-in, frozen): no module of ours
        return spec


class StandIn:
    """Last on sys.meta_path: `from IPython.display import …` where there is no IPython."""

    def find_spec(self, name, path=None, target=None):
        if name not in ("IPython", "IPython.display"):
            return None
        from importlib.machinery import ModuleSpec
        return ModuleSpec(name, self, origin="quern", is_package=name == "IPython")

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        if module.__name__ == "IPython":
            module.__version__, module.version_info = "0.0", (0, 0)
            module.get_ipython = lambda: None
        else:
            for name in ("HTML", "JSON", "SVG", "DisplayHandle", "Image", "Latex", "Markdown",
                         "clear_output", "display", "update_display"):
                setattr(module, name, getattr(rich, name))


def system(command):
    """Execute the command in a subshell."""
    # The C library's ignores SIGINT while it waits: the child would die of an interrupt, and the code go on.
    sys.audit("os.system", command)
    from subprocess import Popen
    try:
        child = Popen(os.fspath(command), shell=True, close_fds=False, restore_signals=False)
    except OSError:
        return -1
    try:
        code = child.wait()
    except KeyboardInterrupt:
        raise KeyboardInterrupt from None  # without the frames of what waited
    return -code if code < 0 else code << 8


def install(sources, getpass):
    """`sources` is the snippets' {file: linecache entry}, `getpass` the worker's own."""

    def linecache(module):
        module.cache.update(sources)

    def passwords(module):
        module.getpass = getpass

    def matplotlib(module):
        if not os.environ.get("MPLBACKEND"):
            module.use("agg")

    def pyplot(module):
        from matplotlib.figure import Figure
        Figure.show = lambda self, warn=True: rich.display(self)
        module.show = lambda *ignored, **options: rich.show_figures()

    def ipython(module):
        for name in ("display", "update_display", "clear_output", "DisplayHandle"):
            setattr(module, name, getattr(rich, name))

    hooks = {"getpass": passwords, "matplotlib": matplotlib, "matplotlib.pyplot": pyplot,
             "IPython.display": ipython}
    if "linecache" in sys.modules:
        linecache(sys.modules["linecache"])
    else:
        hooks["linecache"] = linecache
    if "getpass" in sys.modules:
        passwords(sys.modules["getpass"])
    os.system = system
    sys.meta_path.insert(0, AfterImport(hooks))
    sys.meta_path.append(StandIn())
