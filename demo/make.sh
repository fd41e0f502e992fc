#!/usr/bin/env bash
# Makes the demo clips, from mathematics alone: nothing in them was recorded or drawn by anybody.
# Needs ffmpeg with libx264 and libmp3lame, and a DejaVu font. The results are in the repository, so
# this runs only when they are to change.
set -euo pipefail
cd "$(dirname "$0")"
mkdir -p clips/Delta

SECONDS_LONG=24
FONT=/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf
QUIET=(-hide_banner -loglevel error -nostdin -y)
STABLE=(-map_metadata -1 -fflags +bitexact -flags:v +bitexact -flags:a +bitexact -threads 1)
VIDEO=(-c:v libx264 -profile:v main -preset slow -pix_fmt yuv420p -g 48)

caption() {
  printf 'drawtext=fontfile=%s:text=%s:fontcolor=white@0.9:fontsize=64:x=64:y=56,' "$FONT" "$1"
  printf 'drawtext=fontfile=%s:text=%s:fontcolor=white@0.9:fontsize=40:x=64:y=h-96' "$FONT" "'%{pts\:hms}'"
}

# A river from left to right, joined by a tributary from below; drawn small, scaled up smooth.
RIVER="lt(abs(Y-(78+26*sin(X/44)))\,13+X/22)"
TRIBUTARY="lt(abs(Y-(176-X*0.55))\,9)*lt(X\,150)"
WATER="min(1\,$RIVER+$TRIBUTARY)"
RIVER_LUMA="if($WATER\,112+26*sin((X-2.2*N)/5+2*sin(Y/6))\,84+12*sin(X/9)*sin(Y/7))"
ffmpeg "${QUIET[@]}" \
  -f lavfi -i "nullsrc=s=320x180:r=24:d=$SECONDS_LONG,format=yuv444p,geq=lum='$RIVER_LUMA':cb='if($WATER\,162\,102)':cr='if($WATER\,92\,108)',scale=1280:720:flags=bicubic,$(caption River)" \
  -f lavfi -i "anoisesrc=c=brown:r=44100:a=0.5:seed=7:d=$SECONDS_LONG,tremolo=f=0.4:d=0.5,lowpass=f=900" \
  "${VIDEO[@]}" -crf 27 -c:a aac -b:a 96k -ac 2 "${STABLE[@]}" clips/River.mp4

# A delta: the water fans out from the left edge. MP4 puts its index last, Matroska its Cues.
ARM="gt(sin(13*atan2(Y-90\,X+6)+0.35*sin(hypot(X\,Y-90)/17))\,0.15)"
DELTA_LUMA="if($ARM\,118+24*sin((hypot(X\,Y-90)-2*N)/5)\,132+10*sin(X/8+Y/11))"
ffmpeg "${QUIET[@]}" \
  -f lavfi -i "nullsrc=s=320x180:r=24:d=$SECONDS_LONG,format=yuv444p,geq=lum='$DELTA_LUMA':cb='if($ARM\,158\,96)':cr='if($ARM\,96\,142)',scale=1280:720:flags=bicubic,$(caption Delta)" \
  -f lavfi -i "anoisesrc=c=pink:r=48000:a=0.3:seed=11:d=$SECONDS_LONG,tremolo=f=0.15:d=0.8,lowpass=f=1400" \
  "${VIDEO[@]}" -crf 31 -c:a aac -b:a 96k -ac 2 "${STABLE[@]}" clips/Delta/Delta.mkv

# A spring: drops in a pentatonic scale, each dying away.
NOTE="440*pow(2\,(3*mod(7*floor(4*t)\,5)-12*mod(floor(t)\,2))/12)"
ffmpeg "${QUIET[@]}" \
  -f lavfi -i "aevalsrc='0.4*sin(2*PI*$NOTE*t)*exp(-5*mod(4*t\,1))':s=44100:d=$SECONDS_LONG" \
  -c:a libmp3lame -b:a 96k "${STABLE[@]}" -metadata title=Spring -metadata artist=Tributary clips/Spring.mp3

cat > clips/Delta/Delta.srt <<'SRT'
1
00:00:01,000 --> 00:00:05,000
A river rarely ends as one.

2
00:00:07,000 --> 00:00:12,000
Near the sea it slows down,
drops what it carried, and splits.

3
00:00:14,000 --> 00:00:20,000
<i>Each arm is a little slower than the last.</i>
SRT

npx tsx make-torrents.ts
