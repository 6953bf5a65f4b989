#include "card/name.h"

/* The environment of those who keep cards of their own: always in force. */
#define USER_ENVIRONMENT TEXT("user")

/* Takes text apart at its first "@". */
static struct card_name split(struct text text) {
	const size_t at = text_index(text, '@');
	return (struct card_name){
		.name = text_strip(text_part(text, 0, at)),
		.environment = text_strip(text_part(text, at + 1, text.length)),
		.has_at = at < text.length,
	};
}

bool card_name_parse(struct text written, struct card_name *name, struct error *error) {
	*name = split(written);
	if (name->name.length == 0) {
		return error_set(error, ERROR_INVALID,
			name->has_at ? "the name has nothing before its \"@\"; write "
				       "\"NAME@ENVIRONMENT\""
				     : "the name is empty; write \"name: NAME\"");
	}
	if (text_index(name->environment, '@') < name->environment.length) {
		return error_set(error, ERROR_INVALID,
			"the name \"%.*s\" has more than one \"@\"; write \"NAME@ENVIRONMENT\"",
			TEXT_ARGUMENTS(written));
	}
	return true;
}

struct card_name card_name_of_request(struct text request) {
	return split(request);
}

struct environments environments_in_force(struct text environment) {
	struct environments environments = {.names = {USER_ENVIRONMENT}, .count = 1};
	environment = text_strip(environment);
	if (environment.length > 0 && !text_equal(environment, USER_ENVIRONMENT)) {
		environments.names[environments.count++] = environment;
	}
	return environments;
}

struct environments environments_of_request(
	const struct card_name *request, const struct environments *in_force) {
	if (!request->has_at) {
		return *in_force;
	}
	return (struct environments){
		.names = {request->environment},
		.count = request->environment.length > 0 ? 1 : 0,
	};
}
