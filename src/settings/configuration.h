/*
 * The configuration file, and the environment that it and $CARDFS_ENV choose (cardfs.conf(5)).
 */
#ifndef CARDFS_SETTINGS_CONFIGURATION_H
#define CARDFS_SETTINGS_CONFIGURATION_H

#include "settings/settings.h"

/*
 * Lays $CARDFS_CONFIG, else $XDG_CONFIG_HOME/cardfs/config.yaml, else /etc/cardfs/config.yaml over
 * settings, which are zeroed before: first its env, over it the first of its rules that matches,
 * over that $CARDFS_ENV. An empty variable is one that is not set. What is wrong in the file is in
 * settings->problems. Fails only for want of memory; the caller finishes settings in any case.
 */
bool configuration_load(struct settings *settings, struct error *error);

#endif
