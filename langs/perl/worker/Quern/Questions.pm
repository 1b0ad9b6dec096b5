# SPDX-License-Identifier: Apache-2.0
# Questions about code. Each gives texts to be evaluated where the snippets are, with what to do then; only names are.
package Quern::Questions;
use strict;
use warnings;
use POSIX ();
use Quern::Names ();
use Quern::Text ();
use Quern::Value ();
use Quern::Wire ();

use constant LONGEST_CHECK_S => 10;
my $begun = qr/, at EOF|Missing right (?:curly|square|brace|paren)|Can't find string terminator|not terminated|Unterminated/;
# Faults that only the context decides, and none of the text's form.
my $elsewhere = qr/^Global\ symbol|^Bareword\ "[^"]*"\ not\ allowed|^Variable\ "|had\ compilation\ errors
    |^(?:BEGIN|Execution|Can't\ locate|Can't\ find)/x;

sub done { Quern::Wire::send_frame('done', { status => 'ok' }) }

# -- check: by Perl's parser, in a forked child, for what is parsed defines its subs

sub check {
    my ($code) = @_;
    pipe my $from, my $to or die "no pipe: $!";
    my $child = CORE::fork() // die "no process to check in: $!";
    if ($child) {
        close $to;
        my $state = do { local $/; readline $from };
        waitpid $child, 0;
        $state = 'unknown' unless defined $state && length $state;
        my $indent = '';
        if ($state eq 'incomplete') {
            my ($last) = ($code =~ s/\s+\z//r) =~ /([^\n]*)\z/;
            ($indent) = $last =~ /^(\s*)/;
            $indent .= '    ' if $last =~ /[\{(\[]\s*(?:#.*)?\z/;
        }
        Quern::Wire::send_frame('checked', { state => $state }, indent => $indent);
        done();
        return;
    }
    $Quern::Session::probing = 1;
    $SIG{ALRM} = 'DEFAULT';
    alarm LONGEST_CHECK_S;
    $SIG{__WARN__} = $SIG{__DIE__} = sub { };
    open STDERR, '>', '/dev/null';
    my $harmless = Quern::Text::harmless((Quern::Text::without_data($code))[0]);
    my $say = sub {
        syswrite $to, $_[0];
        POSIX::_exit(0);
    };
    return ["no warnings; return;\n#line 1 \"checked\"\n$harmless", sub {
        my ($error) = @_;
        my @faults = grep { !/$elsewhere/ || /$begun/ } split /\n/, $error // '';
        $say->('complete') unless @faults;
        $say->('incomplete') if grep { /Can't find string terminator|not terminated|Missing right/ } @faults;
        $say->('invalid') unless grep { /$begun/ } @faults;
        # At the end it says so too of what is wrong right before: where does a wrong word further down fail?
        my $lines = 2 + ($harmless =~ tr/\n//);
        Quern::Session::ask(["no warnings; return;\n#line 1 \"checked\"\n$harmless\n\n\n]\n", sub {
            my ($first) = $_[0] =~ /(?:syntax error|Unmatched).*? at checked line (\d+)/;
            $say->(defined $first && $first >= $lines ? 'incomplete' : 'invalid');
        }]);
    }];
}

# -- complete

sub matches {
    my ($start, $end, %items) = @_;
    my @lines = map { "$_\t$items{$_}" } sort keys %items;
    Quern::Wire::send_frame('matches', { start => $start, end => $end }, items => join "\n", @lines);
    done();
}

# What is declared is asked for where the snippets are: only there is it seen which of the names still hold.
sub visible {
    my ($then) = @_;
    my $names = join ' ', map { "'$_'," } Quern::Names::declared();
    return ["grep { my \$quern = \$_; eval \"no warnings; use strict; \\\\\$quern; 1\" } ($names)", sub { $then->(@_[1 .. $#_]) }];
}

sub complete {
    my ($code, $cursor) = @_;
    my $before = substr $code, 0, $cursor;
    my $fits = sub {
        my ($start, $type, @names) = @_;
        matches($cursor - length $start, $cursor, map { $_ => $type } grep { index($_, $start) == 0 } @names);
        return;
    };
    return $fits->('', '') if $before =~ /^[^"'\n]*(?<![\$\\])#[^\n]*\z/m;
    return $fits->($1, 'module', Quern::Names::modules($1)) if $before =~ /(?:^|[;{}\n])\s*(?:use|no|require)\s+([A-Za-z][\w:]*|)\z/;
    if ($before =~ /(\$?[A-Za-z_][\w:]*)\s*->\s*(\w*)\z/) {
        my ($object, $start) = ($1, $2);
        return $fits->($start, 'method', Quern::Names::methods($object)) if $object !~ /^\$/;
        return ["no strict; no warnings; ref($object)", sub { $fits->($start, 'method', $_[1] ? Quern::Names::methods($_[1]) : ()) }];
    }
    if ($before =~ /\$(\w+)\s*(->)?\s*\{\s*(["']?)(\w*)\z/) {
        my ($hash, $start) = ($2 ? "\$$1" : "\\%$1", $4);
        return ["no strict; no warnings; $hash", sub {
            my $found = $_[1];
            $fits->($start, 'key', ref $found && UNIVERSAL::isa($found, 'HASH') && !tied %$found ? grep { /^\w+\z/ } keys %$found : ());
        }];
    }
    if ($before =~ /([\$\@%&])(\{?)([A-Za-z_][\w:]*|)\z/) {
        my ($sigil, $start) = ($1, $3);
        return $fits->($start, 'function', Quern::Names::held('main', 'CODE')) if $sigil eq '&';
        return visible(sub {
            my %known = map { substr($_, 1) => 1 } grep { $sigil eq '$' || /^\Q$sigil/ } @_;
            for my $kind ($sigil eq '$' ? qw(SCALAR ARRAY HASH) : $sigil eq '@' ? 'ARRAY' : 'HASH') {
                $known{$_} = 1 for Quern::Names::held('main', $kind);
            }
            $fits->($start, 'variable', keys %known);
        });
    }
    my ($start) = $before =~ /([A-Za-z_][\w:]*|)\z/;
    return $fits->('', '') if $before =~ /\d\w*\z/ && $start eq '';
    my %items;
    if ($start =~ /^(.*)::(\w*)\z/) {
        my $package = $1;
        $items{"${package}::$_"} = 'function' for Quern::Names::held($package, 'CODE');
        $items{"${package}::$_"} = 'module' for Quern::Names::packages($package);
    } else {
        $items{$_} = 'module' for Quern::Names::packages('main');
        $items{$_} = 'function' for @Quern::Names::builtins, Quern::Names::held('main', 'CODE');
        $items{$_} = 'keyword' for @Quern::Names::keywords;
    }
    matches($cursor - length $start, $cursor, map { $_ => $items{$_} } grep { index($_, $start) == 0 } keys %items);
    return;
}

# -- inspect

sub found {
    my ($text) = @_;
    Quern::Wire::send_frame('found', {}, 'text/plain', $text) if defined $text && length $text;
    done();
    return;
}

sub inspect {
    my ($code, $cursor, $detail) = @_;
    my ($left) = substr($code, 0, $cursor) =~ /([\$\@%&]?[\w:]*)\z/;
    my ($right) = substr($code, $cursor) =~ /^([\w:]*)/;
    my $word = "$left$right";
    return found() if $word !~ /\w/;
    if ($word =~ /^([\$\@%])(.+)/) {
        my ($sigil, $name) = ($1, $2);
        $sigil = '@' if $sigil eq '$' && substr($code, $cursor + length $right) =~ /^\s*\[/;
        $sigil = '%' if $sigil eq '$' && substr($code, $cursor + length $right) =~ /^\s*\{/;
        return found() if $name !~ /^(?:::)?\w+(?:::\w+)*\z/;
        return ["no warnings; use strict; \\$sigil$name", sub {
            my ($error, $reference) = @_;
            found(length($error // '') ? undef : variable("$sigil$name", $sigil, $reference));
        }];
    }
    $word =~ s/^&//;
    return found(described($word, $detail));
}

sub variable {
    my ($name, $sigil, $reference) = @_;
    return "$name is tied" if $sigil eq '$' ? tied $$reference : $sigil eq '@' ? tied @$reference : tied %$reference;
    return "$name = " . Quern::Value::one($sigil eq '$' ? $$reference : $reference, 1);
}

sub described {
    my ($word, $detail) = @_;
    my $full = $word =~ /::/ ? $word : "main::$word";
    no strict 'refs';
    if (defined &$full) {
        my ($file, $line) = place(\&$full);
        my $prototype = prototype \&$full;
        my @said = ("sub $word" . (defined $prototype ? "($prototype)" : '') . ($file ? ", defined at $file line $line" : ''));
        my ($comment, $source) = source($word =~ s/.*:://r);
        push @said, $comment if length $comment;
        push @said, $source if length $source && ($detail || $source =~ tr/\n// < 12);
        return join "\n\n", @said;
    }
    if (grep { $_ eq $word } @Quern::Names::builtins) {
        my $prototype = eval { prototype "CORE::$word" };
        return "$word: a function of Perl's own" . (defined $prototype ? ", with the arguments $prototype" : '');
    }
    return "$word: a word of Perl's own" if grep { $_ eq $word } @Quern::Names::keywords;
    my $path = $INC{ ($word =~ s{::}{/}gr) . '.pm' };
    return undef unless $path || %{"${word}::"};
    my $version = ${"${word}::VERSION"};
    my @subs = sort(Quern::Names::held($word, 'CODE'));
    return join "\n", "package $word" . (defined $version && !ref $version ? " $version" : ''), $path // (), @subs ? "subs: @subs" : ();
}

sub place {
    my ($sub) = @_;
    require B;
    my $start = B::svref_2object($sub)->START;
    return $start->can('line') ? ($start->file, $start->line) : ();
}

# The comment right above the newest definition of that sub in a snippet, and its text.
sub source {
    my ($name) = @_;
    for my $text (reverse grep { defined } @Quern::Session::cells) {
        next unless $text =~ /((?:^[ \t]*#[^\n]*\n)*)^[ \t]*(sub\s+(?:\w+::)*\Q$name\E\b(?:[^{]*)(\{(?:[^{}]++|(?3))*\}))/m;
        my ($comment, $body) = ($1, $2);
        $comment =~ s/^[ \t]*# ?//gm;
        chomp $comment;
        return ($comment, $body);
    }
    return ('', '');
}

1;
