package org.graphbert.corpus.wiki;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What a dump says about its wiki, beside what all have in common: how it calls files and categories.
 *
 * @param language its code, such as "en"
 * @param files names of the namespaces of files, keys
 * @param categories names of the namespace of categories, keys
 * @param namespaces names of all namespaces but that of articles, keys
 */
record Site(String language, Set<String> files, Set<String> categories, Set<String> namespaces) {

    private static final List<String> FILES = List.of("file", "image", "media", "datei", "bild", "fichier", "archivo", "imagen",
            "файл", "изображение", "ファイル", "画像", "plik", "grafika", "bestand", "afbeelding", "ficheiro", "imagem", "immagine",
            "fil", "tiedosto", "kuva", "fájl", "kép", "soubor", "súbor", "文件", "檔案", "图像", "圖像", "파일", "그림", "ملف", "صورة",
            "קובץ", "תמונה", "tập tin", "hình", "berkas", "gambar", "dosya", "resim", "αρχείο", "εικόνα", "зображення", "fitxer",
            "imatge", "slika", "datoteka", "fișier", "imagine", "پرونده", "चित्र", "ไฟล์", "fitxategi");
    private static final List<String> CATEGORIES = List.of("category", "kategorie", "catégorie", "categoría", "categoria",
            "категория", "категорія", "カテゴリ", "kategoria", "categorie", "kategori", "luokka", "kategória", "分类", "分類", "분류",
            "تصنيف", "קטגוריה", "thể loại", "κατηγορία", "kategorija", "categorie", "رده", "श्रेणी", "หมวดหมู่");
    /** Other projects, whose names are not shown: [[wikt:word]]. */
    private static final Set<String> PROJECTS = Set.of("wikt", "wiktionary", "s", "wikisource", "commons", "c", "b", "wikibooks",
            "q", "wikiquote", "n", "wikinews", "v", "wikiversity", "voy", "wikivoyage", "species", "wikispecies", "m", "meta", "mw",
            "d", "wikidata", "w", "wikipedia");
    /** Codes of Wikipedias beside those of ISO 639-1: titles such as "CSI: Miami" have prefixes too. */
    private static final String LONGER_CODES = "ace ady als alt ami ang anp arc ary arz ast atj avk awa azb ban bar bat-smg bcl bdr be-tarask be-x-old "
            + "bew bjn blk bpy btm bug bxr cbk-zam cdo ceb chr chy ckb crh csb dag dga din diq dsb dtp dty eml ext fat "
            + "fiu-vro fon frp frr fur gag gan gcr glk gom gor got gpe guc gur guw hak hif hsb hyw igl ilo inh jam jbo "
            + "kaa kab kbd kbp kcg kge knc koi krc ksh kus lad lbe lez lfn lij lld lmo ltg lzh mad mai map-bms mdf mhr "
            + "min mni mnw mos mrj mwl myv mzn nah nap nds nds-nl nia nov nqo nrm nso nup olo pag pam pap pcd pcm pdc "
            + "pfl pih pms pnb pnt pwn rki rmy roa-rup roa-tara rsk rue sah sat scn sco shi shn simple skr smn srn stq "
            + "syl szl szy tay tcy tdd tet tig tly tpi trv tum tyv udm vec vep vls vro war wuu xal xmf yue zea zgh zh- "
            + "classical zh-min-nan zh-yue ";
    private static final Set<String> LANGUAGES = new HashSet<>(List.of(LONGER_CODES.strip().split(" ")));

    static {
        LANGUAGES.addAll(List.of(Locale.getISOLanguages()));
    }

    /** For a dump that says nothing. */
    static final Site DEFAULT = of("en", List.of(), List.of(), List.of());

    /** With what a dump says, in addition to the usual names. */
    static Site of(String language, List<String> files, List<String> categories, List<String> namespaces) {
        return new Site(language, keys(FILES, files), keys(CATEGORIES, categories), keys(namespaces, List.of()));
    }

    /** The form in which names are compared. */
    static String key(String name) {
        return name.replace('_', ' ').strip().toLowerCase(Locale.ROOT);
    }

    boolean isFile(String key) {
        return files.contains(key);
    }

    boolean isCategory(String key) {
        return categories.contains(key);
    }

    /** Whether a link with such a prefix leads to the same article in another language. */
    boolean isLanguage(String key) {
        return LANGUAGES.contains(key) && !namespaces.contains(key);
    }

    /** What a link shows of its target: without the name of another project or language. */
    String withoutPrefix(String target) {
        int colon = target.indexOf(':');
        if (colon < 0) {
            return target;
        }
        String key = key(target.substring(0, colon));
        return PROJECTS.contains(key) || isLanguage(key) ? target.substring(colon + 1).strip() : target;
    }

    private static Set<String> keys(List<String> some, List<String> more) {
        Set<String> keys = new HashSet<>();
        some.forEach(name -> keys.add(key(name)));
        more.forEach(name -> keys.add(key(name)));
        return keys;
    }
}
