/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A main() for compilers without libFuzzer: runs a fuzzer over the files that are given, and over
 * each of them with small changes, always the same ones.
 */
#include "fuzz.h"

#include <string.h>

#define CHANGES 100

struct input {
	uint8_t *data;
	size_t size;
};

static uint32_t next_random(void)
{
	static uint32_t state = 1213;

	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

static size_t below(size_t limit)
{
	return next_random() % limit;
}

static void set_byte(struct input *input)
{
	static const char bytes[] = "0 9\n:-A\t\r\xff\0";

	input->data[below(input->size)] = (uint8_t)bytes[below(sizeof(bytes))];
}

static void flip_bit(struct input *input)
{
	input->data[below(input->size)] ^= (uint8_t)(1U << below(8));
}

static void cut_end(struct input *input)
{
	input->size = 1 + below(input->size);
}

static void cut_middle(struct input *input)
{
	size_t at = below(input->size);
	size_t len = below(input->size - at < 100 ? input->size - at : 100);

	memmove(input->data + at, input->data + at + len, input->size - at - len);
	input->size -= len;
}

/* Writes a piece of the input over another one. */
static void copy_piece(struct input *input)
{
	size_t from = below(input->size);
	size_t to = below(input->size);
	size_t len = below(input->size - (from > to ? from : to));

	memmove(input->data + to, input->data + from, len);
}

static void run_changed(const struct input *original)
{
	static void (*const changes[])(struct input * input) = {set_byte, flip_bit, cut_end,
								cut_middle, copy_piece};
	struct input input = {malloc(original->size), original->size};

	MUST(input.data != NULL);
	memcpy(input.data, original->data, original->size);
	for (size_t i = below(4) + 1; i > 0; i--)
		changes[below(sizeof(changes) / sizeof(changes[0]))](&input);
	LLVMFuzzerTestOneInput(input.data, input.size);
	free(input.data);
}

static void run_file(const char *path)
{
	struct input input = {NULL, 0};
	FILE *file = fopen(path, "r");

	MUST(file != NULL && fseek(file, 0, SEEK_END) == 0 && ftell(file) > 0);
	input.size = (size_t)ftell(file);
	input.data = malloc(input.size);
	rewind(file);
	MUST(input.data != NULL && fread(input.data, 1, input.size, file) == input.size);
	fclose(file);
	LLVMFuzzerTestOneInput(input.data, input.size);
	for (int i = 0; i < CHANGES; i++)
		run_changed(&input);
	free(input.data);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		run_file(argv[i]);
	printf("%d inputs and %d changes of each\n", argc - 1, CHANGES);
	return argc > 1 ? EXIT_SUCCESS : EXIT_FAILURE;
}
