# SPDX-License-Identifier: Apache-2.0
# Frames on two descriptors. Signals may interrupt every read and write; a frame goes out whole all the same.
package Quern::Wire;
use strict;
use warnings;
use Fcntl ();

my ($requests, $replies, $rest) = (undef, undef, '');

# Takes over the descriptors, high, so that a snippet's own first file is 3, and closed for its programs.
sub take {
    my ($in, $out) = @_;
    for my $pair ([$in, 190, '<&=', \$requests], [$out, 191, '>&=', \$replies]) {
        my ($fd, $high, $mode, $handle) = @$pair;
        defined POSIX::dup2($fd, $high) or die "descriptor $fd cannot be moved: $!";
        POSIX::close($fd);
        open $$handle, $mode, $high or die "descriptor $high cannot be used: $!";
        fcntl $$handle, Fcntl::F_SETFD(), Fcntl::FD_CLOEXEC() or die "descriptor $high stays open for programs: $!";
    }
}

# In a child that a snippet forked: it is nobody's worker.
sub leave { close $_ for $requests, $replies }

sub fill {
    while (1) {
        my $count = sysread $requests, $rest, 65536, length $rest;
        return $count if defined $count;
        die "requests cannot be read: $!" unless $!{EINTR};
    }
}

# The next request as {kind, attributes, parts}; nothing at end of file.
sub receive {
    my $end;
    while (($end = index $rest, "\n") < 0) { fill() or return }
    my ($kind, @words) = split / /, substr($rest, 0, $end);
    my (%attributes, %parts, @sizes);
    for (@words) {
        if    (/^(.*):(\d+)$/)      { push @sizes, [$1, $2] }
        elsif (/^([^=]*)=(.*)$/)    { $attributes{$1} = $2 }
    }
    my $at = $end + 1;
    for (@sizes) {
        my ($name, $size) = @$_;
        while (length $rest < $at + $size) { fill() or return }
        $parts{$name} = substr $rest, $at, $size;
        $at += $size;
    }
    substr($rest, 0, $at) = '';
    return { kind => $kind, attributes => \%attributes, parts => \%parts };
}

# KIND, {attributes}, then pairs of a part's name and its bytes.
sub send_frame {
    my ($kind, $attributes, @parts) = @_;
    my ($line, $body) = ($kind, '');
    $line .= " $_=$attributes->{$_}" for sort keys %$attributes;
    while (my ($name, $text) = splice @parts, 0, 2) {
        utf8::encode($text) if utf8::is_utf8($text);
        $line .= " $name:" . length $text;
        $body .= $text;
    }
    my $frame = "$line\n$body";
    my $sent = 0;
    while ($sent < length $frame) {
        my $count = syswrite $replies, $frame, length($frame) - $sent, $sent;
        if (defined $count) { $sent += $count }
        elsif (!$!{EINTR}) { die "replies cannot be written: $!" }
    }
}

1;
