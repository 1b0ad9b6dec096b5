# SPDX-License-Identifier: Apache-2.0
# The values of a last expression as text: numbers as they are, texts quoted, structures as Data::Dumper writes them.
package Quern::Value;
use strict;
use warnings;
use overload ();
use Scalar::Util ();

# Nothing where there is nothing to show.
sub shown {
    my @values = @_;
    return undef if !@values || @values == 1 && !defined $values[0];
    return one($values[0]) if @values == 1;
    return '(' . join(', ', map { one($_) } @values) . ')';
}

# $plainly: without asking an object how it wants to be shown.
sub one {
    my ($value, $plainly) = @_;
    return 'undef' unless defined $value;
    if (!ref $value) {
        return "$value" if Scalar::Util::looks_like_number($value) && $value !~ /^\s|\s$/;
        my $text = $value =~ s/([\\'])/\\$1/gr;
        return "'$text'";
    }
    return "$value" if !$plainly && Scalar::Util::blessed($value) && overload::Method($value, '""');
    return "$value" if ref $value eq 'Regexp' || ref $value eq 'CODE';
    require Data::Dumper;
    no warnings 'once';
    local ($Data::Dumper::Terse, $Data::Dumper::Indent, $Data::Dumper::Sortkeys) = (1, 1, 1);
    my $text = Data::Dumper::Dumper($value);
    chomp $text;
    return $text;
}

1;
