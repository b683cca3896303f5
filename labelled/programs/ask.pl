# One request at a time with HTTP::Tiny, which keeps its connection. Arguments: told or at-once, tries.
use strict;
use warnings;
use HTTP::Tiny;
use Time::HiRes qw(sleep);

my ($wait, $tries) = @ARGV;
my ($name, $value) = split /: /, $ENV{CLIENT_HEADER}, 2;
my $http = HTTP::Tiny->new(default_headers => { $name => $value });
for my $try (1 .. $tries) {
    my $answer = $http->get("$ENV{MOCK429_URL}$ENV{CLIENT_PATH}");
    last if $answer->{status} < 400;
    sleep(($answer->{headers}{'retry-after'} // 0.2) + 0.1) if $wait eq 'told';
}
