# SPDX-License-Identifier: Apache-2.0
# Requests, and what is to be evaluated for them; owns the run that is going on.
#
# worker.pl asks for the `following` text, evaluates it and says `reached` when a text that goes on came to its
# snippet's end, `returned` when it came back. Questions that need an evaluation put a function into $then.
package Quern::Session;
use strict;
use warnings;
use Errno ();
use POSIX ();
use Quern::Failure ();
use Quern::Text ();
use Quern::Value ();
use Quern::Wire ();

use constant MOST_ENDS => 8;
use constant MOMENT_S => 0.5;    # for a signal that was sent to come
use constant LAST_WORDS_S => 1;  # what END blocks may take, so that closing a context is quick

my $pid = $$;
my $run;             # {number, source, …} while a snippet runs
my $count = 0;
my @then;            # [text, what to do with what it gave], before anything else
our @cells;          # the sources, by number
my %kept = (error => '', errno => 0, child => 0);  # $@, $! and $? as the last snippet has left them
my $interrupt = \&interrupted;
my $handled;         # an interrupt of this run was heard, so that the SIGURG behind it is none of its own
my $ignored;         # the last SIGURG was for nobody
my $late;            # a SIGURG has come when the snippet was through
my $waits;           # what to do with what the text of a question gives
my $home;            # the folder of the worker's modules
our $probing;        # this is a forked child that answers a question

sub start {
    Quern::Wire::take(3, 4);
    POSIX::dup2($_, 195 + $_) for 0 .. 2;  # for a snippet that closes them
    for my $fd (195 .. 197) {
        open my $spare, '<&=', $fd or next;
        fcntl $spare, Fcntl::F_SETFD(), Fcntl::FD_CLOEXEC();
        $kept{spare}[$fd - 195] = $spare;
    }
    $0 = 'main.pl';
    @ARGV = ();
    $home = shift @INC;  # a snippet's modules are not looked for there
    $SIG{INT} = $interrupt;
    $SIG{URG} = \&urged;
    $| = 1;
    no warnings 'redefine', 'once';
    *CORE::GLOBAL::exit = \&leave_snippet;
    *CORE::GLOBAL::fork = \&fork_child;
    *CORE::GLOBAL::sleep = \&sleep_on;
    Quern::Failure::watch();
    my $version = sprintf '%vd', $^V;
    Quern::Wire::send_frame('ready', { version => $version }, title => "Perl $version");
}

# -- signals

sub interrupted {
    return unless $Quern::armed;
    $handled = 1;
    die Quern::Interrupted->new;
}

# SIGURG follows each SIGINT, which Perl ignores while it waits for the child of a `system`.
sub urged {
    $late = 1 unless $Quern::armed;
    return $ignored = 1 unless $Quern::armed && !$handled && ref $SIG{INT} && $SIG{INT} == $interrupt;
    $handled = 1;
    die Quern::Interrupted->new;
}

# Whether the snippet's last command has died of an interrupt that this process is only about to hear of.
sub comes {
    my ($child) = @_;
    return 0 if $handled || ($child & 127) != POSIX::SIGINT() || $child == $kept{child};
    select undef, undef, undef, MOMENT_S unless $late;
    return $late;
}

# CORE::GLOBAL::sleep: goes on when that signal has woken a snippet that hears no SIGINT.
sub sleep_on {
    my $begin = time;
    if (!@_) { CORE::sleep() }
    else {
        my $left = $_[0];
        do { $ignored = 0; CORE::sleep($left) } while $ignored && ($left = $_[0] + $begin - time) > 0;
    }
    return time - $begin;
}

# -- the loop's questions

# The text to be evaluated next.
sub following {
    $Quern::armed = 0;
    if ($run && $run->{begun}) {  # left by exit, or else by a stray word
        $Quern::error = "Can't leave a snippet by last, next or redo outside a loop block.\n" unless defined $run->{exit};
        conclude();
    }
    leave_child() if $$ != $pid && !$probing;
    while (1) {
        if (@then) {
            my $next = shift @then;
            $waits = $next->[1];
            return $next->[0];
        }
        return prepared() if $run;
        my $request = Quern::Wire::receive() or leave();
        if ($request->{kind} eq 'run') { begin($request) }
        else { answer($request) }
    }
}

# A text has come back: a question's, or a snippet's.
sub returned {
    if (my $what = $waits) {
        undef $waits;
        my @got = @Quern::value;
        @Quern::value = ();
        $what->($Quern::error, @got);
        return;
    }
    conclude();
}

# A snippet whose text goes on with the loop has come to its end.
sub reached {
    return unless $run && $run->{begun};
    $Quern::left = $@;
    $Quern::error = $Quern::stopped // '';
    undef $Quern::stopped;
    conclude();
}

# -- a snippet

sub begin {
    my ($request) = @_;
    my ($attributes, $parts) = @$request{qw(attributes parts)};
    mend();
    my ($source, $data) = Quern::Text::without_data($parts->{code} // '');
    $source =~ s/^\xef\xbb\xbf//;
    $source =~ s/\r$//gm;
    $cells[++$count] = $source;
    $run = { number => $count, source => $source, silent => ($attributes->{silent} // '') eq '1' };
    if (defined $parts->{argv}) {
        my @words = split /\0/, $parts->{argv}, -1;
        pop @words;
        @main::ARGV = @words;
    }
    if (defined $data) {
        no warnings 'once';
        close main::DATA;
        open main::DATA, '<', \$data;
    }
    if (($attributes->{merge} // '') eq '1') {
        $run->{stderr} = POSIX::dup2(2, 198);
        POSIX::dup2(1, 2);
        $run->{merged} = join ':', (stat STDERR)[0, 1];
    }
    if (length($parts->{traceparent} // '')) {
        $run->{traced} = [$parts->{traceparent}, $ENV{TRACEPARENT}];
        $ENV{TRACEPARENT} = $parts->{traceparent};
    }
    find_value();
}

# Where the last statement is an expression, and something stands before it, the place that parts them is tried out.
sub find_value {
    my ($source) = $run->{source};
    my ($length, @ends) = Quern::Text::statement_ends($source);
    $run->{shows} = !$run->{silent};
    return unless $run->{shows};
    @ends = grep { $_ < $length } @ends;
    $run->{shows} = 0;
    return if @ends && ($source =~ /\b(?:BEGIN|UNITCHECK|CHECK|INIT|END)\s*\{/ || length $source > 200_000);
    try_ends($length, @ends > MOST_ENDS ? @ends[0 .. MOST_ENDS - 1] : (@ends, 0));
}

sub try_ends {
    my ($length, @ends) = @_;
    return unless @ends;
    my $end = shift @ends;
    my $source = $run->{source};
    my $last = substr $source, $end, $length - $end;
    if ($end == 0) {  # a single statement
        $run->{shows} = Quern::Text::is_expression($last);
        return;
    }
    return try_ends($length, @ends) if $last !~ /\S/;
    # Within something that is still open at this place: then what is before it does not compile.
    my $before = substr $source, 0, $end;
    push @then, ["no warnings; return;\n$before", sub {
        my ($error) = @_;
        return try_ends($length, @ends) if $error;
        return unless Quern::Text::is_expression($last);
        @$run{qw(before last shows)} = ($before, $last, 1);
    }];
}

sub prepared {
    $run->{begun} = 1;
    @Quern::value = ();
    undef $Quern::left;
    Quern::Failure::forget();
    $handled = $late = 0;
    my $name = "<cell-$run->{number}>";
    my $head = "#line 1 \"$name\"\n\$Quern::armed = 1; Quern::Session::started();";
    $head .= "\n#line 1 \"$name\"\n" if $run->{source} =~ /^=\w/;  # what must begin a line
    my $goes_on = Quern::Text::declares($run->{source});
    my $body = $run->{source};
    if ($goes_on && $run->{shows}) {
        my $before = $run->{before} // '';
        my $line = 1 + ($before =~ tr/\n//);
        my $last = $run->{last} // $run->{source};
        $body = "$before;\@Quern::value = do {\n#line $line \"$name\"\n$last\n};";
    }
    $SIG{INT} = $interrupt;
    return "$head$body\n$Quern::loop" if $goes_on;
    # What the snippet leaves in $@ is lost with the end of its text.
    $body .= "\n;\$Quern::left = \$@;" if !$run->{shows} && $body =~ /[;}]\s*\z/;
    return $head . $body;
}

# The first that a snippet's text does: it compiles. Gives it what it expects of the last one.
sub started {
    $run->{started} = 1;
    ($@, $!, $?) = @kept{qw(error errno child)};
}

sub conclude {
    my ($errno, $child) = ($! + 0, $? + 0);
    $Quern::armed = 0;
    my ($was, $error) = ($run, $Quern::error);
    my @value = @Quern::value;
    @Quern::value = ();
    leave_child($error) if $$ != $pid;
    $error = Quern::Interrupted->new if !defined $was->{exit} && !length($error // '') && comes($child);
    $SIG{INT} = $interrupt;
    @kept{qw(errno child)} = ($errno, $child);
    $kept{error} = length($error // '') ? $error : $Quern::left // '' if $was->{started};
    my $done = { status => 'ok' };
    my (@failure, $shown);
    # What the error or the value brings along to describe itself is the snippet's code too.
    if (!defined $was->{exit} && !length($error // '') && $was->{shows}) {
        ($shown) = guarded(sub { Quern::Value::shown(@value) });
        $error = $@ if ref $@ eq 'Quern::Interrupted';
        $shown = "[the value cannot be shown: $@]" if length $@;
    } elsif (ref $error && ref $error ne 'Quern::Interrupted') {
        @failure = guarded(sub { Quern::Failure::describe($error, $was->{number}, 'runtime') });
        $error = $@ if ref $@ eq 'Quern::Interrupted';
    }
    if (defined $was->{exit}) {
        $done = { status => $was->{exit} ? 'error' : 'ok', exit => $was->{exit} };
    } elsif (ref $error && ref $error eq 'Quern::Interrupted') {
        $done = { status => 'interrupted' };
        @failure = ({ kind => 'runtime' }, name => 'Interrupted', message => 'interrupted by SIGINT', traceback => 'interrupted by SIGINT');
    } elsif (ref $error || defined $error && length $error) {
        $done = { status => 'error' };
        @failure = Quern::Failure::describe($error, $was->{number}, $was->{started} ? 'runtime' : 'compile') unless @failure;
    } elsif (defined $shown) {
        flush();
        Quern::Wire::send_frame('result', {}, 'text/plain', $shown);
    }
    undef $run;
    undef $cells[$was->{number}] unless $was->{source} =~ /\b(?:my|our|state|local|sub)\b/;
    flush();
    restore($was);
    Quern::Wire::send_frame('error', @failure) if @failure;
    Quern::Wire::send_frame('done', $done);
    $Quern::error = '';
}

# Runs what an interrupt may end; $@ tells it.
sub guarded {
    my ($body) = @_;
    my @got = eval { $Quern::armed = 1; my @all = $body->(); $Quern::armed = 0; @all };
    $Quern::armed = 0;
    return @got;
}

sub flush {
    local ($!, $?, $@);
    for my $handle (\*STDOUT, \*STDERR) { eval { $handle->flush } if defined fileno $handle }
}

# What is of this run alone is as it was.
sub restore {
    my ($was) = @_;
    if (defined $was->{stderr}) {
        POSIX::dup2(198, 2) if !defined fileno STDERR || join(':', (stat STDERR)[0, 1]) eq $was->{merged};
        POSIX::close(198);
    }
    if (my $traced = $was->{traced}) {
        my ($now, $before) = @$traced;
        if (($ENV{TRACEPARENT} // '') eq $now) {
            if (defined $before) { $ENV{TRACEPARENT} = $before }
            else { delete $ENV{TRACEPARENT} }
        }
    }
    # What was read ahead belonged to this run; an end of file is over too.
    if (defined fileno STDIN && fileno STDIN == 0 && same_file(\*STDIN, $kept{spare}[0])) {
        my @layers = grep { /^(?:utf8|encoding|crlf)/ } PerlIO::get_layers(*STDIN);
        close STDIN;
        POSIX::dup2(195, 0);
        open STDIN, '<&=', 0;
        binmode STDIN, ":$_" for @layers;
    }
}

sub same_file {
    my ($one, $other) = map { join ':', (stat)[0, 1] } @_;
    return $one eq $other;
}

# Before a snippet: descriptors that the last one has closed come back.
sub mend {
    my @handles = (['<&=', \*STDIN], ['>&=', \*STDOUT], ['>&=', \*STDERR]);
    for my $fd (0 .. 2) {
        my ($mode, $handle) = @{$handles[$fd]};
        my $is_open = POSIX::lseek($fd, 0, 1) != -1 || $!{ESPIPE};
        POSIX::dup2(195 + $fd, $fd) unless $is_open;
        open $handle, $mode, $fd unless defined fileno $handle;
    }
    my $selected = select STDOUT;
    $| = 1;
    select $selected if defined fileno $selected;
}

# -- ends

# CORE::GLOBAL::exit: ends the snippet, past any eval, and keeps the context.
sub leave_snippet {
    my $code = @_ ? $_[0] // 0 : 0;
    CORE::exit($code) if $$ != $pid || !$run;
    $Quern::armed = 0;
    $run->{exit} = $code & 255;
    no warnings 'exiting';
    last QUERN_RUN;
}

sub fork_child {
    my $child = CORE::fork();
    Quern::Wire::leave() if defined $child && $child == 0;
    return $child;
}

# In a child that a snippet forked, whose code is through.
sub leave_child {
    my ($error) = @_;
    print STDERR $error if defined $error && length $error && !ref $error;
    CORE::exit(defined $run && defined $run->{exit} ? $run->{exit} : defined $error && length $error ? 255 : 0);
}

# The daemon is done with us: END blocks of the snippets get a moment.
sub leave {
    # At once: nothing is looked after any more when a loop in an END block runs.
    POSIX::sigaction(POSIX::SIGALRM(), POSIX::SigAction->new(sub { POSIX::_exit(0) }, POSIX::SigSet->new, 0));
    alarm LAST_WORDS_S;
    $? = 0;
    CORE::exit(0);
}

# -- questions

sub answer {
    my ($request) = @_;
    my ($kind, $code) = ($request->{kind}, $request->{parts}{code} // '');
    my $cursor = $request->{attributes}{cursor} // length $code;
    if ($kind =~ /^(?:check|complete|inspect)$/) {
        {
            local @INC = ($home, @INC);
            require Quern::Questions;
        }
        my $detail = ($request->{attributes}{detail} // '') eq '1';
        my $question = Quern::Questions->can($kind);
        push @then, $question->($code, $cursor, $detail);
        return;
    }
    Quern::Wire::send_frame('error', { kind => 'runtime' }, name => 'UnknownRequest',
        message => "this worker does not know the request '$kind'");
    Quern::Wire::send_frame('done', { status => 'error' });
}

# For questions: what else is to be evaluated before the next request.
sub ask { push @then, @_ }

package Quern::Interrupted;
use overload '""' => sub { "interrupted by SIGINT\n" }, fallback => 1;
sub new { bless {}, shift }

1;
