/** All names that `dlnaProfile` gives to files of one format. */
export interface ProfileNames {
  /** What the files are announced as. */
  readonly mimeType: string
  /** An extension of theirs, with its dot. */
  readonly extension: string
  readonly names: readonly string[]
}

const TRANSPORT: readonly string[] = [
  ...['MPEG_TS_SD_EU', 'MPEG_TS_SD_NA', 'MPEG_TS_HD_NA'],
  ...['SD', 'HD'].flatMap((size) => [
    ...[`AVC_TS_MP_${size}_AC3`, `AVC_TS_MP_${size}_AAC_MULT5`, `AVC_TS_MP_${size}_MPEG1_L3`],
  ]),
  'AVC_TS_HP_HD_AC3',
]

/** For whoever asks what there may be, before there is a file. */
export const PROFILE_NAMES: readonly ProfileNames[] = [
  {
    ...{ mimeType: 'video/mp4', extension: '.mp4' },
    names: [
      ...['AVC_MP4_MP_SD_AAC_MULT5', 'AVC_MP4_MP_SD_AC3', 'AVC_MP4_MP_SD_MPEG1_L3'],
      ...['AVC_MP4_MP_HD_720p_AAC', 'AVC_MP4_MP_HD_1080i_AAC', 'AVC_MP4_HP_HD_AAC'],
      ...['AVC_MP4_BL_CIF15_AAC_520', 'AVC_MP4_BL_CIF30_AAC_940', 'AVC_MP4_BL_L3L_SD_AAC'],
      ...['AVC_MP4_BL_L31_HD_AAC', 'AVC_MP4_BL_L32_HD_AAC'],
      ...['MPEG4_P2_MP4_SP_VGA_AAC', 'MPEG4_P2_MP4_ASP_AAC'],
    ],
  },
  {
    ...{ mimeType: 'video/3gpp', extension: '.3gp' },
    names: ['MPEG4_P2_3GPP_SP_L0B_AAC', 'MPEG4_P2_3GPP_SP_L0B_AMR'],
  },
  {
    ...{ mimeType: 'video/mpeg', extension: '.ts' },
    names: TRANSPORT.map((name) => `${name}_ISO`),
  },
  {
    ...{ mimeType: 'video/vnd.dlna.mpeg-tts', extension: '.m2ts' },
    names: TRANSPORT.flatMap((name) => [`${name}_T`, name]),
  },
  {
    ...{ mimeType: 'video/mpeg', extension: '.mpg' },
    names: ['MPEG1', 'MPEG_PS_PAL', 'MPEG_PS_NTSC'],
  },
  {
    ...{ mimeType: 'video/x-ms-wmv', extension: '.wmv' },
    names: ['WMVMED_BASE', 'WMVMED_FULL', 'WMVMED_PRO', 'WMVHIGH_FULL', 'WMVHIGH_PRO'],
  },
  { mimeType: 'audio/mpeg', extension: '.mp3', names: ['MP3'] },
  {
    ...{ mimeType: 'audio/mp4', extension: '.m4a' },
    names: ['AAC_ISO_320', 'AAC_ISO', 'AAC_MULT5_ISO'],
  },
  {
    ...{ mimeType: 'audio/x-ms-wma', extension: '.wma' },
    names: ['WMABASE', 'WMAFULL', 'WMAPRO', 'WMALSL', 'WMALSL_MULT5'],
  },
  {
    ...{ mimeType: 'image/jpeg', extension: '.jpg' },
    names: ['JPEG_TN', 'JPEG_SM', 'JPEG_MED', 'JPEG_LRG'],
  },
  { mimeType: 'image/png', extension: '.png', names: ['PNG_TN', 'PNG_LRG'] },
]
