# A small program with hashes, sorting, regular expressions, integers, doubles and a digest; the host knows what it prints.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
my %words;
$words{ sprintf '%c%c', 97 + $_ * 7 % 26, 97 + $_ * 11 % 26 } += $_ for 1 .. 2000;
my @order = sort { $words{$b} <=> $words{$a} || $a cmp $b } keys %words;
print scalar(@order), " words: ", join(' ', map { "$_=$words{$_}" } @order), "\n";
my ($x, $sum) = (1, 0);
for (1 .. 100_000) { $x = ($x * 1103515245 + 12345) % 2147483648; $sum += $x / 2147483648 }
printf "%d %.12f\n", $x, $sum;
my $text = join ',', map { $_ * $_ } 1 .. 500;
(my $changed = $text) =~ s/(\d)(\d)/$2$1/g;
print sha256_hex($changed), "\n";
