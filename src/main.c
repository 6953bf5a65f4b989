#include "cli/command.h"

int main(int count, char **arguments) {
	return command_main(count - 1, arguments + 1);
}
