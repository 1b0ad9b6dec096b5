# SPDX-License-Identifier: Apache-2.0
# Errors as the daemon wants them told. A handler of `die` notes who called whom, for only then that can be seen.
package Quern::Failure;
use strict;
use warnings;

my ($died, @calls);
my $again = qr/^(?:Subroutine|Constant\ subroutine)\ \S+\ redefined\ at\ |^Prototype\ mismatch:
    |^"(?:my|our|state)"\ variable\ \S+\ (?:masks|redeclared)|^\t\(Did\ you\ mean\ "local"/x;

# Warnings about what is the rule here are dropped: definitions that come again.
sub watch {
    $SIG{__DIE__} = \&note;
    $SIG{__WARN__} = sub {
        print STDERR @_ unless $_[0] =~ $again || $_[0] =~ /^Exiting eval via (?:last|next|redo) at <cell-/;
    };
}

sub forget { ($died, @calls) = () }

sub note {
    my ($error) = @_;
    ($died, @calls) = ($error);
    for (my $level = 1; my (undef, $file, $line, $sub) = caller $level; $level++) {
        last if $file =~ m{/Quern/|worker\.pl$} || $sub eq '(eval)' && $file =~ /^\(eval/;
        next if $sub eq '(eval)';
        push @calls, "\t$sub called at $file line $line";
    }
}

sub same {
    my ($one, $other) = @_;
    return defined $one && (ref $one && ref $other ? Scalar::Util::refaddr($one) == Scalar::Util::refaddr($other) : "$one" eq "$other");
}

# (attributes, parts) of the frame `error`.
sub describe {
    my ($error, $cell, $kind) = @_;
    require Scalar::Util;
    my $text = eval { my $said = ref $error && eval { $error->can('message') } ? $error->message : "$error"; "$said" };
    $text = Quern::Value::one($error) if ref $error && !Scalar::Util::blessed($error);
    $text = ref($error) . ' (its own description failed)' unless defined $text;
    my ($file, $line) = ("$text @calls" =~ /at (<cell-$cell>) line (\d+)/);
    ($file, $line) = ("$text @calls" =~ /at (<cell-\d+>) line (\d+)/) unless $file;
    my $message = $text;
    1 while chomp $message;
    $message =~ s/ at \S+ line \d+(?:, <\S+> (?:line|chunk) \d+)?\.\z//;
    if ($kind eq 'compile') {
        ($message) = split /\n/, $message;
        my $last = 1 + ($Quern::Session::cells[$cell] =~ s/\s+\z//r =~ tr/\n//);
        $line = $last if defined $line && $line > $last;
    }
    my $name = Scalar::Util::blessed($error) // ($kind eq 'compile' ? 'SyntaxError' : 'Error');
    my %attributes = (kind => $kind, defined $line ? (line => $line) : ());
    my @lines = split /\n/, $text;
    push @lines, @calls if $kind eq 'runtime' && same($died, $error);
    return (\%attributes, name => $name, message => $message, defined $file ? (file => $file) : (), map { (traceback => $_) } @lines);
}

1;
