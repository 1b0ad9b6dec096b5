# SPDX-License-Identifier: Apache-2.0
# Perl's own words, and what the packages hold.
package Quern::Names;
use strict;
use warnings;

our @builtins = qw(
    abs accept alarm atan2 bind binmode bless caller chdir chmod chomp chop chown chr chroot close closedir connect cos crypt
    defined delete die each endgrent endpwent eof eval exec exists exit exp fc fcntl fileno flock fork format formline getc getgrent
    getgrgid getgrnam getlogin getpeername getpgrp getppid getpriority getpwent getpwnam getpwuid getsockname getsockopt glob gmtime
    grep hex index int ioctl join keys kill lc lcfirst length link listen localtime log lstat map mkdir oct open opendir ord pack
    pipe pop pos print printf prototype push quotemeta rand read readdir readline readlink recv ref rename reset reverse
    rewinddir rindex rmdir say scalar seek seekdir select send setpgrp setpriority setsockopt shift shutdown sin sleep socket
    socketpair sort splice split sprintf sqrt srand stat study substr symlink syscall sysopen sysread sysseek system syswrite tell
    telldir tie tied time times truncate uc ucfirst umask undef unlink unpack unshift untie utime values vec wait waitpid
    wantarray warn write);
our @keywords = qw(
    BEGIN END __DATA__ __END__ __FILE__ __LINE__ __PACKAGE__ __SUB__ and cmp continue do else elsif eq for foreach ge goto gt if last
    le local lt my ne next no not or our package qq qr qw redo require return state sub unless until use while x xor);

# The names of a package that hold something of that kind: CODE, SCALAR, ARRAY, HASH.
sub held {
    my ($package, $kind) = @_;
    no strict 'refs';
    my $stash = \%{"${package}::"};
    return grep { /^[A-Za-z_]\w*\z/ && holds($stash->{$_}, $kind, "${package}::$_") } keys %$stash;
}

sub holds {
    my ($entry, $kind, $name) = @_;
    return $kind eq 'CODE' if ref \$entry ne 'GLOB';  # a constant, or a sub that is only declared
    no strict 'refs';
    return defined &{$name} if $kind eq 'CODE';
    return defined ${*{$entry}{SCALAR}} if $kind eq 'SCALAR';
    return defined *{$entry}{$kind};
}

sub packages {
    my ($within) = @_;
    no strict 'refs';
    return map { /^(\w+)::\z/ && $1 ne 'main' && $1 !~ /^Quern/ ? $1 : () } keys %{"${within}::"};
}

# The methods of a class, its parents' too.
sub methods {
    my ($class) = @_;
    require mro;
    my %found;
    $found{$_} = 1 for map { held($_, 'CODE') } @{ mro::get_linear_isa($class) };
    return keys %found;
}

# Names of files below @INC that may follow `use`, from what is begun.
sub modules {
    my ($begun) = @_;
    my ($parent) = $begun =~ /^(.*::)/;
    $parent //= '';
    my $folder = $parent =~ s{::}{/}gr;
    my %found;
    for my $place (grep { !ref } @INC) {
        opendir my $entries, "$place/$folder" or next;
        for (readdir $entries) {
            if    (/^(\w+)\.pm\z/)                            { $found{"$parent$1"} = 1 }
            elsif (/^[A-Za-z]\w*\z/ && -d "$place/$folder$_") { $found{"$parent$_\::"} = 1 }
        }
    }
    return keys %found;
}

# The names that snippets have declared by `my` and the like, with their sigils, as their texts tell.
sub declared {
    my %found;
    for my $source (grep { defined } @Quern::Session::cells) {
        while ($source =~ /\b(?:my|our|state|local)\s*(?:\(([^()]*)\)|([\$\@%]\w+))/g) {
            $found{$_} = 1 for defined $1 ? $1 =~ /([\$\@%]\w+)/g : $2;
        }
    }
    return sort keys %found;
}

1;
