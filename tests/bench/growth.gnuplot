# data: what "run" measures of stores that grow.
set terminal svg size 860,420 font "sans,12" background "white"
set multiplot layout 1,2
set logscale xy
set format x "10^{%L}"
set xlabel "cards"
set grid
set key top left
set ylabel "seconds"
plot data using 1:2 with linespoints title "first start", \
	data using 1:3 with linespoints title "second start", \
	data using 1:4 with linespoints title "libyaml's bare loop", \
	data using 1:6 with linespoints title "a change is visible"
set ylabel "megabytes"
plot data using 1:($5/1e6) with linespoints title "resident memory", \
	data using 1:($1*215/1e6) with lines title "the cards on disk"
unset multiplot
