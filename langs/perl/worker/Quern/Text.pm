# SPDX-License-Identifier: Apache-2.0
# What can be told of Perl code by its text: whether it declares, which statement is the last, what is data.
package Quern::Text;
use strict;
use warnings;

# Words whose effect ends with the text that they stand in: what follows such a snippet is compiled within it.
my $declares = qr/\b(?:my|our|state|local|use|no|package|field|CORE::state)\b/;
# Statements that have no value worth showing.
my $silent = qr/^\s*(?:(?:my|our|local|state|use|no|sub|package|if|unless|while|until|for|foreach|return|goto|last|next|redo|print|printf|say
    |write|push|unshift|splice|open|close|binmode|opendir|closedir|chdir|mkdir|rmdir|unlink|rename|chmod|chown|utime|seek|flock|truncate
    |select|srand|sleep|kill|exit|exec|system|die|warn|require|do|eval|delete|undef|chomp|chop|sysopen|syswrite|sysread|read|fork|wait
    |waitpid|alarm|tie|untie|format|BEGIN|END|INIT|CHECK|UNITCHECK|given|when|default|try|defer|class|method)\b|[{;\#]|\z)/x;
my $assigns = qr/(?<![=!<>~])=(?![=~>])|\+\+|--|=~\s*(?:s|tr|y)\b|\b(?:push|unshift|print|printf|say)\b/;

sub declares { $_[0] =~ $declares }

# (code, what stood behind __END__ or __DATA__)
sub without_data {
    my ($code) = @_;
    return ($code, undef) unless $code =~ /^__(?:END|DATA)__[ \t]*\r?(?:\n|\z)/m;
    return (substr($code, 0, $-[0]), substr($code, $+[0]));
}

# Without what is quoted, as far as that is plain: enough to see an assignment.
sub unquoted {
    my ($text) = @_;
    $text =~ s/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/""/gs;
    $text =~ s/\bq[qwrx]?\s*(?:\{[^{}]*\}|\([^()]*\)|\[[^\[\]]*\]|<[^<>]*>|\/[^\/]*\/)/""/gs;
    $text =~ s/(^|\s)#.*/$1/gm;
    return $text;
}

sub is_expression {
    my ($text) = @_;
    1 while $text =~ s/^\s*(?:#[^\n]*\n|\n)+//;
    return $text !~ $silent && unquoted($text) !~ $assigns;
}

# Places behind which the last statement may begin, the last first.
sub statement_ends {
    my ($code) = @_;
    my $body = $code;
    1 while $body =~ s/(?:\s|;|(?:^|\n)[ \t]*#[^\n]*)\z//;
    my @ends;
    while ($body =~ /;|\}(?=[ \t]*(?:#[^\n]*)?\n)/g) { unshift @ends, pos $body }
    while ($body =~ /\bsub\s+[\w:]+\s*(?:\([^()]*\)\s*)?(\{(?:[^{}]++|(?1))*\})/g) { push @ends, pos $body }
    my %seen;
    return (length $body, sort { $b <=> $a } grep { !$seen{$_}++ } @ends);
}

# Neither runs nor loads anything: what only runs while it is compiled is taken out, pragmas stay.
sub harmless {
    my ($code) = @_;
    $code =~ s/\b(?:BEGIN|UNITCHECK|CHECK|INIT|END)(?=\s*\{)/if (0)/g;
    $code =~ s{(^|[;\{\}\n])[ \t]*(?:use|no)\s+(?!(?:strict|warnings|utf8|feature|integer|v?5[\d._]*)\b)([\w:]+[^;]*)(?=;|\z)}
              {$1 . "\n" x ($2 =~ tr/\n//)}ge;
    return $code;
}

1;
