/*
 * True values of the x87 transcendental functions, from libquadmath (113 bits).
 *
 * stdin:  the records of x87.c: control word, a (ST0) and b (ST1).
 * stdout: records of 32 bytes: the result and the second result (FSINCOS: the cosine), as binary128.
 * argv[1] names the operation. Sine, cosine and tangent are of the argument reduced by the 66-bit pi, which FMOD does exactly.
 */
#include <quadmath.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef struct {
  uint32_t cw, pad0;
  uint64_t pad;
  uint8_t a[16], b[16], c[16];
} in_t;

static __float128 load(const uint8_t *bytes) {
  uint64_t significand;
  uint16_t se;
  memcpy(&significand, bytes, 8);
  memcpy(&se, bytes + 8, 2);
  int e = se & 0x7fff;
  /* Not by way of long double, whose conversion takes a pseudo-denormal for a denormal. */
  __float128 value = e == 0x7fff ? HUGE_VALQ : scalbnq(significand, (e ? e : 1) - 16383 - 63);
  return se >> 15 ? -value : value;
}

static int quadrant;

static __float128 reduced(__float128 x) {
  const __float128 half_pi = 0x1.921fb54442d18469800000000000p0Q;
  __float128 r = fmodq(x, 4 * half_pi);
  quadrant = 0;
  while (r > half_pi / 2) r -= half_pi, quadrant++;
  while (r < -half_pi / 2) r += half_pi, quadrant--;
  quadrant &= 3;
  return r;
}

static __float128 sine(__float128 x, int shift) {
  __float128 r = reduced(x);
  switch ((quadrant + shift) & 3) {
  case 0: return sinq(r);
  case 1: return cosq(r);
  case 2: return -sinq(r);
  default: return -cosq(r);
  }
}

/* b * log2(1 + a). A denormal a is scaled up by b first, since binary128 has the same range as the operands. */
static __float128 fyl2xp1(__float128 a, __float128 b) {
  if (fabsq(a) < 0x1p-200Q && fabsq(b) > 1) return a * b / M_LN2q;
  return b * (log1pq(a) / M_LN2q);
}

int main(int argc, char **argv) {
  const char *names[] = {"f2xm1", "fyl2x", "fyl2xp1", "fptan", "fpatan", "fsin", "fcos", "fsincos"};
  int op = -1;
  if (argc != 2) return 2;
  for (int i = 0; i < 8; i++) {
    if (!strcmp(argv[1], "list")) puts(names[i]);
    if (!strcmp(argv[1], names[i])) op = i;
  }
  if (!strcmp(argv[1], "list")) return 0;
  if (op < 0) return 2;
  in_t in;
  while (fread(&in, sizeof in, 1, stdin) == 1) {
    __float128 a = load(in.a), b = load(in.b), out[2] = {0, 0};
    switch (op) {
    case 0: out[0] = expm1q(a * M_LN2q); break;
    case 1: out[0] = b * log2q(a); break;
    case 2: out[0] = fyl2xp1(a, b); break;
    case 3: out[0] = sine(a, 0) / sine(a, 1), out[1] = 1; break;
    case 4: out[0] = atan2q(b, a); break;
    case 5: out[0] = sine(a, 0); break;
    case 6: out[0] = sine(a, 1); break;
    case 7: out[0] = sine(a, 0), out[1] = sine(a, 1); break;
    }
    fwrite(out, sizeof out, 1, stdout);
  }
  return 0;
}
