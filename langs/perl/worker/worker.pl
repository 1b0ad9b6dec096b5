# SPDX-License-Identifier: Apache-2.0
# The Perl worker: speaks langs/WORKER.md on 3 and 4, and keeps what snippets declare.
#
# A snippet is evaluated here, below. What it declares by `my` or `use` holds to the end of its text, so behind a
# snippet that declares something the same loop is put again, and what follows is compiled within it. What is to
# be evaluated next, and what became of it, is Quern::Session's. Both blocks are loops, so that a stray `last`
# of a snippet's ends the snippet and nothing else; `exit` is such a `last`.
package Quern;
use lib substr(__FILE__, 0, rindex __FILE__, '/');
use Quern::Session ();

our ($text, @value, $armed, $error, $left, $stopped);
our $loop = <<'LOOP';
;$Quern::armed = 0; Quern::Session::reached();
QUERN_LOOP: { QUERN_RUN: {
  $Quern::text = Quern::Session::following();
  @Quern::value = eval $Quern::text; $Quern::armed = 0; $Quern::error = $@; Quern::Session::returned();
} $Quern::armed = 0; redo QUERN_LOOP }
LOOP

Quern::Session::start();
package main;
while (1) {
    eval $Quern::loop;  # comes back when an interrupt has hit just behind a snippet's last word
    $Quern::armed = 0;
    die $@ unless ref $@ eq 'Quern::Interrupted';
    $Quern::stopped = $@;
}
