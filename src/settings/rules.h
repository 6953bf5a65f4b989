/*
 * Rules that choose the environment by what machine this is: the list "environments" of the
 * configuration file (cardfs.conf(5), Rules).
 */
#ifndef CARDFS_SETTINGS_RULES_H
#define CARDFS_SETTINGS_RULES_H

#include "base/problem.h"
#include "yaml/value.h"

/*
 * Returns the name of the first rule whose conditions all hold, a part of rules; NULL where none
 * is. What is wrong with any of them is added to problems of file.
 */
const struct value *rules_choose(
	const struct value *rules, struct text file, struct problem_list *problems);

#endif
