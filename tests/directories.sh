#!/bin/sh
# directories.sh make|remove DIRECTORY...: create directories for `make
# install`, and remove them for `make uninstall`, below $DESTDIR. $DOCDIR has a
# list of those that were created, so that only they are removed, once they are
# empty. With a DESTDIR no list is kept.
set -eu

what=$1
shift
list=$DOCDIR/.directories

case $what in
make)
	made=
	for dir; do
		dir=${dir%/}
		while [ ! -d "$DESTDIR$dir" ] && [ "$dir" != "" ]; do
			made="$dir
$made"
			dir=${dir%/*}
		done
	done
	for dir; do
		install -d "$DESTDIR$dir"
	done
	[ -n "$DESTDIR" ] || [ -z "$made" ] ||
	    echo "$made" | sort -u | grep . >>"$list"
	;;
remove)
	if [ -n "$DESTDIR" ]; then
		for dir; do
			(cd "$DESTDIR" && [ -d "${dir#/}" ] &&
			    rmdir -p --ignore-fail-on-non-empty "${dir#/}") || :
		done
	elif [ -f "$list" ]; then
		made=$(sort -ru "$list")
		rm -f "$list"
		echo "$made" | while read -r dir; do
			[ ! -d "$dir" ] ||
			    rmdir --ignore-fail-on-non-empty "$dir"
		done
	fi
	;;
esac
