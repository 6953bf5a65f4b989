#include "settings/rules.h"

#include "settings/suggest.h"

#include <fnmatch.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Of a condition's text: whether it holds, or why it is none. */
typedef bool condition_function(const char *text, const char **fault);

/* The name of this machine, whole or up to its first dot. */
static bool is_hostname(const char *pattern, const char **fault) {
	char name[HOST_NAME_MAX + 1] = "";
	(void)fault;
	if (gethostname(name, sizeof(name) - 1) != 0) {
		return false;
	}
	if (fnmatch(pattern, name, 0) == 0) {
		return true;
	}
	name[strcspn(name, ".")] = '\0';
	return fnmatch(pattern, name, 0) == 0;
}

static bool exists(const char *path, const char **fault) {
	if (path[0] != '/') {
		*fault = "\"exists\" takes an absolute path";
		return false;
	}
	return access(path, F_OK) == 0;
}

/* NAME, which is set to something, or NAME=PATTERN. */
static bool is_variable(const char *text, const char **fault) {
	struct text whole = text_of(text);
	char name[256];
	size_t length = text_index(whole, '=');
	if (length == 0 || length >= sizeof(name)) {
		*fault = "\"env\" takes NAME or NAME=VALUE";
		return false;
	}
	memcpy(name, text, length);
	name[length] = '\0';
	const char *value = getenv(name);
	if (length == whole.length) {
		return value != NULL && value[0] != '\0';
	}
	return value != NULL && fnmatch(text + length + 1, value, 0) == 0;
}

static const struct {
	const char *name;
	condition_function *holds;
} conditions[] = {
	{"hostname", is_hostname},
	{"exists", exists},
	{"env", is_variable},
};

enum { CONDITION_COUNT = sizeof(conditions) / sizeof(conditions[0]) };

/* Where faults go. */
struct inspection {
	struct text file;
	struct problem_list *problems;
};

/* Returns false. */
static bool add_fault(
	const struct inspection *inspection, const struct value *value, const char *sentence) {
	problem_list_add(inspection->problems, PROBLEM_ERROR, inspection->file, value->line,
		value->column, TEXT(""), "%s", sentence);
	return false;
}

static bool add_unknown_condition(const struct inspection *inspection, const struct value *key) {
	struct suggestions suggestions = {.wanted = key->written};
	for (size_t i = 0; i < CONDITION_COUNT; i++) {
		suggest_consider(&suggestions, text_of(conditions[i].name));
	}
	struct text nearest = suggestions.count > 0 ? suggestions.names[0] : TEXT("");
	problem_list_add(inspection->problems, PROBLEM_ERROR, inspection->file, key->line,
		key->column, TEXT(""), "there is no condition \"%.*s\"%s%.*s%s",
		TEXT_ARGUMENTS(key->written),
		nearest.length > 0 ? "; did you mean " : "; there are hostname, exists and env",
		TEXT_ARGUMENTS(nearest), nearest.length > 0 ? "?" : "");
	return false;
}

static bool is_plain_string(const struct value *value) {
	return value->type == VALUE_STRING && value->canonical.length > 0 &&
	       text_index(value->canonical, '\0') == value->canonical.length;
}

/* Whether one condition is one, and holds. */
static bool check_condition(const struct inspection *inspection, const struct value_pair *pair) {
	condition_function *holds = NULL;
	for (size_t i = 0; i < CONDITION_COUNT; i++) {
		if (text_equal(pair->key->written, text_of(conditions[i].name))) {
			holds = conditions[i].holds;
		}
	}
	if (holds == NULL) {
		return add_unknown_condition(inspection, pair->key);
	}
	if (!is_plain_string(pair->value)) {
		return add_fault(inspection, pair->value, "a condition is a string");
	}
	const char *fault = NULL;
	bool is_met = holds(pair->value->canonical.data, &fault);
	return fault == NULL ? is_met : add_fault(inspection, pair->value, fault);
}

/* Looks at every condition, so that faults are found on every machine alike. */
static bool check_conditions(const struct inspection *inspection, const struct value *when) {
	bool is_met = true;
	for (size_t i = 0; i < when->mapping.count; i++) {
		is_met = check_condition(inspection, &when->mapping.pairs[i]) && is_met;
	}
	return is_met;
}

static bool check_keys(const struct inspection *inspection, const struct value *rule) {
	bool is_good = true;
	for (size_t i = 0; i < rule->mapping.count; i++) {
		const struct value *key = rule->mapping.pairs[i].key;
		if (!text_equal(key->written, TEXT("name")) &&
			!text_equal(key->written, TEXT("when"))) {
			is_good = add_fault(
				inspection, key, "a rule has a \"name\" and a \"when\", no more");
		}
	}
	return is_good;
}

static bool check_rule(const struct inspection *inspection, const struct value *rule) {
	if (rule->type != VALUE_MAPPING) {
		return add_fault(inspection, rule,
			"a rule is a mapping: {name: ENVIRONMENT, when: {hostname: PATTERN}}");
	}
	bool is_good = check_keys(inspection, rule);
	const struct value *name = value_find(rule, TEXT("name"));
	if (name == NULL || !is_plain_string(name)) {
		return add_fault(inspection, name == NULL ? rule : name,
			"a rule needs the name of an environment, a string");
	}
	const struct value *when = value_find(rule, TEXT("when"));
	if (when == NULL || when->type != VALUE_MAPPING || when->mapping.count == 0) {
		return add_fault(inspection, when == NULL ? rule : when,
			"a rule needs conditions: when: {hostname: PATTERN}; what holds without "
			"any is \"env\"");
	}
	return check_conditions(inspection, when) && is_good;
}

const struct value *rules_choose(
	const struct value *rules, struct text file, struct problem_list *problems) {
	struct inspection inspection = {file, problems};
	if (rules->type != VALUE_SEQUENCE) {
		add_fault(&inspection, rules, "\"environments\" is a list of rules");
		return NULL;
	}
	const struct value *chosen = NULL;
	for (size_t i = 0; i < rules->sequence.count; i++) {
		const struct value *rule = rules->sequence.items[i];
		bool holds = check_rule(&inspection, rule);
		if (holds && chosen == NULL) {
			chosen = value_find(rule, TEXT("name"));
		}
	}
	return chosen;
}
