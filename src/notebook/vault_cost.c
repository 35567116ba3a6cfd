/*
 * What a passphrase costs to try: as much as half a second of this computer.
 */
#include "vault_block.h"

#include <sodium.h>
#include <time.h>

#define COST_SECONDS 0.5
#define START_PASSES 3
#define START_KIB    (64 * 1024)
#define FLOOR_PASSES 2
#define FLOOR_KIB    (19 * 1024)

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Seconds that one derivation takes; 0 when there is not that much memory. */
static double
try_cost(struct vault_cost cost)
{
	unsigned char out[CIPHER_KEY], salt[SALT_SIZE] = { 0 };
	double began = seconds();

	if (crypto_pwhash(out, sizeof(out), "measure", 7, salt, cost.passes,
			  (size_t)cost.kib * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0)
		return 0;
	return seconds() - began;
}

/* Memory first, up to the cap, then passes; never below the floor. */
static struct vault_cost
cost_for(double kib_passes)
{
	double kib = kib_passes / START_PASSES;
	struct vault_cost cost = { .passes = START_PASSES };

	if (kib < FLOOR_KIB) {
		cost.passes = FLOOR_PASSES;
		kib = kib_passes / FLOOR_PASSES;
		if (kib < FLOOR_KIB)
			kib = FLOOR_KIB;
	} else if (kib > COST_KIB_MAX) {
		double passes = kib_passes / COST_KIB_MAX + 0.5;

		kib = COST_KIB_MAX;
		cost.passes =
		    passes < COST_PASSES_MAX ? (uint32_t)passes : COST_PASSES_MAX;
	}
	cost.kib = (uint32_t)kib / 1024 * 1024;
	return cost;
}

struct vault_cost
vault_cost_measure(void)
{
	struct vault_cost cost = { START_PASSES, START_KIB };
	double first, took;

	if (sodium_init() < 0)
		return cost;
	first = try_cost(cost);
	if (first == 0) { /* little memory */
		cost = (struct vault_cost){ FLOOR_PASSES, FLOOR_KIB };
		first = try_cost(cost);
	}
	took = try_cost(cost); /* the first has the memory to fetch as well */
	if (took == 0 || took > first)
		took = first;
	if (took < 1e-3)
		took = 1e-3;
	return cost_for((double)cost.passes * cost.kib * COST_SECONDS / took);
}
