/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "common/nearest.h"

#define WORD_MAX 63

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t nearest_distance(const char *typed, size_t length, const char *word)
{
	size_t other = strlen(word), rows[3][WORD_MAX + 1];
	size_t *before = rows[0], *above = rows[1], *row = rows[2], *spare;

	if (length > WORD_MAX || other > WORD_MAX)
		return WORD_MAX + 1;
	for (size_t j = 0; j <= other; j++)
		above[j] = j;
	for (size_t i = 1; i <= length; i++) {
		row[0] = i;
		for (size_t j = 1; j <= other; j++) {
			row[j] = least(least(above[j] + 1, row[j - 1] + 1),
				       above[j - 1] + (typed[i - 1] != word[j - 1]));
			if (i > 1 && j > 1 && typed[i - 1] == word[j - 2] && typed[i - 2] == word[j - 1])
				row[j] = least(row[j], before[j - 2] + 1);
		}
		spare = before;
		before = above;
		above = row;
		row = spare;
	}
	return above[other];
}
