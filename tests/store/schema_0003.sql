PRAGMA application_id = 1213223729;
BEGIN TRANSACTION;
CREATE TABLE evaluation (
	id INTEGER NOT NULL, 
	study_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	purpose VARCHAR NOT NULL, 
	repeat INTEGER NOT NULL, 
	fold INTEGER NOT NULL, 
	epochs INTEGER NOT NULL, 
	state VARCHAR NOT NULL, 
	epoch INTEGER, 
	reason VARCHAR NOT NULL, 
	train_loss DOUBLE, 
	train_score DOUBLE, 
	validation_loss DOUBLE, 
	validation_score DOUBLE, 
	seconds DOUBLE NOT NULL, 
	curve BLOB, details VARCHAR, 
	CONSTRAINT pk_evaluation PRIMARY KEY (id), 
	CONSTRAINT fk_evaluation_study_id_study FOREIGN KEY(study_id) REFERENCES study (id) ON DELETE CASCADE, 
	CONSTRAINT uq_evaluation_study_id UNIQUE (study_id, number, purpose, repeat, fold, epochs)
);
INSERT INTO "evaluation" VALUES(1,1,0,'search',0,0,2,'complete',NULL,'',2.18619723521786957221e+00,1.80400890868596869287e-01,2.18482159984788060214e+00,1.77975528364849838736e-01,1.61436784999295923626e-02,X'0C6E1E400CA013408D3A0D40C4A8D83D19151B3E9F920E401ED40B4070FD023E383F363E',NULL);
INSERT INTO "evaluation" VALUES(2,1,0,'search',0,1,2,'complete',NULL,'',2.32711937748417829752e+00,9.23248053392658474258e-02,2.32326716569590407956e+00,8.68596881959910888104e-02,1.61436784999295923626e-02,X'979F1E408489194074A41540EFE89A3D99CDBA3D872D164069B0144042CD983D7EE3B13D',NULL);
INSERT INTO "evaluation" VALUES(3,1,3,'search',0,0,2,'complete',NULL,'',2.43648172964763,8.68596881959910888104e-02,2.43223737317807664481e+00,1.00111234705228036023e-01,6.28537700004017096944e-03,X'5A4C224040602040CC301D40BAF9CA3D9BF0DA3DC9211E40C7A91B40675DE83D1E07CD3D',NULL);
INSERT INTO "evaluation" VALUES(4,1,3,'search',0,1,2,'complete',NULL,'',2.48920440249501417895e+00,1.09010011123470529348e-01,2.49552036181324554675e+00,1.12472160356347439247e-01,6.28537700004017096944e-03,X'0EB5274070162540AB092140E123D63D4F4ECF3D711023409BB61F40C4A8D83DCE57E63D',NULL);
INSERT INTO "evaluation" VALUES(5,1,1,'search',0,0,2,'complete',NULL,'',2.33925429962260134075e+00,9.13140311804008925067e-02,2.33823054359274795643e+00,8.00889877641824260434e-02,5.41951749983127228915e-03,X'577F474097902F40F4F219409141CD3D5FDAC13D63E01E4092A515408C31C63DB205A43D',NULL);
INSERT INTO "evaluation" VALUES(6,1,1,'search',0,1,2,'complete',NULL,'',2.16896710910309131747e+00,1.92436040044493883449e-01,2.16086285788657139761e+00,1.84855233853006672983e-01,5.41951749983127228915e-03,X'39721440BBFE104026630C407B70273E01AA393E17690D40944B0A401797373EB14A3D3E',NULL);
INSERT INTO "evaluation" VALUES(7,1,2,'search',0,0,2,'complete',NULL,'',2.61626835124264323084e+00,6.12472160356347453125e-02,2.58951761831298421512e+00,5.2280311457174641343e-02,4.74038050015224143862e-03,X'72ED2940B75529400C162840DCFE813DAE4E763D44DB2640A8BA2540EC967A3DE123563D',NULL);
INSERT INTO "evaluation" VALUES(8,1,2,'search',0,1,2,'complete',NULL,'',2.42797303332370173478e+00,1.13459399332591762132e-01,2.42557607567921,1.18040089086859686928e-01,4.74038050015224143862e-03,X'DFB31B40E8A01B40AC771B4005CFE33DA440DF3D45621B40A33C1B402A77EF3D01BFF13D',NULL);
INSERT INTO "evaluation" VALUES(9,1,1,'confirm',1,0,2,'complete',NULL,'',2.27971198882716796774e+00,1.62583518930957682258e-01,2.28081021770354253064e+00,1.53503893214682968215e-01,3.77744950001215329393e-02,X'D2BB1340B3231340D73D1240C822033E9DECA13D7E971240CBF81140EFE89A3D20301D3E',NULL);
INSERT INTO "evaluation" VALUES(10,1,1,'confirm',1,1,2,'complete',NULL,'',2.28491893679201929501e+00,9.23248053392658474258e-02,2.28606237335035178404e+00,0.0779510022271715,2.36999809999360877554e-02,X'528C14409CC013409AAF1240E34CA63D1394A83D8E2D1340D94E1240F90BAB3DC6A49F3D',NULL);
INSERT INTO "evaluation" VALUES(11,1,1,'confirm',2,0,2,'complete',NULL,'',2.28041034817430121606e+00,1.49220489977728298924e-01,2.29586858187156739319e+00,1.50166852057842054035e-01,2.76565389999632316175e-02,X'2A611840327A1640366013400A6EFF3D6B85163E209A154083EF1240D8D9013E57C5193E',NULL);
INSERT INTO "evaluation" VALUES(12,1,1,'confirm',2,1,2,'complete',NULL,'',2.31574312810505311688e+00,1.26807563959955515997e-01,2.32232403702088063823e+00,1.28062360801781738306e-01,4.57151119999252841807e-02,X'3DEB1640EC1516403EBF14402BA3C13D2A7AF13DB4961540F5A014409BF0DA3DC822033E',NULL);
INSERT INTO "evaluation" VALUES(13,1,1,'confirm',3,0,2,'complete',NULL,'',2.31842974405777235702e+00,1.20267260579064588776e-01,2.30766460282916607837e+00,1.2124582869855395073e-01,1.965546200017342926e-02,X'739C1B404C1B194076BB1540ED60D63D0A6EFF3D244D1640C7B01340BD78C83DBC4FF83D',NULL);
INSERT INTO "evaluation" VALUES(14,1,1,'confirm',3,1,2,'complete',NULL,'',2.20318946265537807249e+00,1.99110122358175739565e-01,2.20412668194165473067e+00,1.82628062360801785013e-01,2.30068330001813592389e-02,X'4C162A4002B018400BB70E4051771F3E9F1B353EC1CB104069100D407434243EDA023B3E',NULL);
INSERT INTO "evaluation" VALUES(15,1,1,'confirm',4,0,2,'complete',NULL,'',2.27889470321298448496e+00,1.38084632516703775806e-01,2.2805355833687959155e+00,1.37931034482758618775e-01,2.65916690000267408322e-02,X'19881440AACA1340DC8C124042CD183EFA890E3E8F1913404CF41140EFE81A3ECB3D0D3E',NULL);
INSERT INTO "evaluation" VALUES(16,1,1,'confirm',4,1,2,'complete',NULL,'',2.30996346659336770912e+00,7.56395995550611793811e-02,2.31364595863495203786e+00,8.35189309576837429771e-02,3.37983280001026287209e-02,X'6C361A40ABEC1640F5481440675DE83D7522AD3D49061540C6121440ED60D63DF90BAB3D',NULL);
CREATE TABLE hpsearch_alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT hpsearch_alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "hpsearch_alembic_version" VALUES('0003');
CREATE TABLE opening (
	study_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	trial INTEGER NOT NULL, 
	networks INTEGER NOT NULL, 
	test_rows INTEGER NOT NULL, 
	fingerprint VARCHAR NOT NULL, 
	scores VARCHAR NOT NULL, 
	opened_at VARCHAR NOT NULL, 
	CONSTRAINT pk_opening PRIMARY KEY (study_id, number), 
	CONSTRAINT fk_opening_study_id_study FOREIGN KEY(study_id) REFERENCES study (id) ON DELETE CASCADE
);
CREATE TABLE stage (
	study_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	space VARCHAR NOT NULL, 
	trial_count INTEGER NOT NULL, 
	first_number INTEGER NOT NULL, verdicts VARCHAR, 
	CONSTRAINT pk_stage PRIMARY KEY (study_id, number), 
	CONSTRAINT fk_stage_study_id_study FOREIGN KEY(study_id) REFERENCES study (id) ON DELETE CASCADE
);
INSERT INTO "stage" VALUES(1,1,'[["lr", {"low": 0.0001, "high": 1, "scale": "log"}], ["wd", {"low": 1e-06, "high": 0.1, "scale": "log", "off": true}]]',4,0,'{"judgement": {"stop": null, "counts": {"learned": 0, "slow": 3, "stuck": 0, "diverged": 0, "failed": 0}, "tied": 0, "error": null, "verdicts": {"lr": {"action": "keep", "low_side": "keep", "high_side": "keep", "low": 0.0001, "high": 1.0, "evidence": {"reason": "too_few_trials", "trials": 3, "elites": 0, "counts": {"learned": 0, "slow": 3, "stuck": 0, "diverged": 0, "failed": 0}, "tied": 0, "memorised": 0, "statistic": null, "p": null, "span": null, "low": null, "high": null, "choices": [], "from": {"low": 0.0001, "high": 1.0, "scale": "log"}, "to": {"low": 0.0001, "high": 1.0, "scale": "log"}, "sentence": "kept: 3 trials are too few to judge a range"}}, "wd": {"action": "keep", "low_side": "keep", "high_side": "keep", "low": 1e-06, "high": 0.1, "evidence": {"reason": "too_few_trials", "trials": 3, "elites": 0, "counts": {"learned": 0, "slow": 3, "stuck": 0, "diverged": 0, "failed": 0}, "tied": 0, "memorised": 0, "statistic": null, "p": null, "span": null, "low": null, "high": null, "choices": [], "from": {"low": 1e-06, "high": 0.1, "scale": "log", "off": true}, "to": {"low": 1e-06, "high": 0.1, "scale": "log", "off": true}, "sentence": "kept: 3 trials are too few to judge a range"}}}}, "finalists": [1], "repeats": 4, "overrides": []}');
CREATE TABLE study (
	id INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	spec VARCHAR NOT NULL, 
	data VARCHAR NOT NULL, 
	versions VARCHAR NOT NULL, 
	created_at VARCHAR NOT NULL, 
	CONSTRAINT pk_study PRIMARY KEY (id), 
	CONSTRAINT uq_study_name UNIQUE (name)
);
INSERT INTO "study" VALUES(1,'old','{"data": {"name": "digits", "rows": null}, "split": {"folds": 2}, "network": {"hidden": [4], "activation": "relu", "slope": 0.01, "init": "he", "batchnorm": "off", "bn_running": "unbiased", "residual": false}, "training": {"optimizer": "sgd", "momentum": 0.9, "beta1": 0.9, "beta2": 0.999, "rho": 0.99, "eps": null, "eps_inside": false, "adam_eps": "standard", "schedule": "constant", "warmup": 0.0, "batch": 32, "epochs": 2, "wd_mode": "coupled", "l1": 0.0, "max_norm": 0.0, "dropout": 0.0, "dropout_mode": "inverted", "clip_value": 0.0, "clip_norm": 0.0, "label_smoothing": 0.0, "early_stopping": 0, "ensemble": 1, "score": "last", "minibatches": "permutation", "dtype": "float32"}, "space": {"lr": {"low": 0.0001, "high": 1, "scale": "log"}, "wd": {"low": 1e-06, "high": 0.1, "scale": "log", "off": true}}, "search": {"sampler": "random", "seed": 0, "stages": 1, "prune": "auto", "confirm": 1, "baseline": true, "try": []}}','{"fingerprint": "4cd131ea9074a62f1aba71523bd21081a3110b8dc597323371e35a1babdf6190", "rows": 1797, "validation_rows": 1797, "test_rows": 0, "class_count": 10, "majority_share": 0.1018363939899833, "constant_loss": 2.302479220967876, "is_function": false, "features": 64}','{"python": "3.11.7", "hpsearch": "0.1.0", "numpy": "2.4.6", "scikit-learn": "1.9.1", "blas": "openblas 0.3.30 SkylakeX, openblas 0.3.31.188.0 SkylakeX"}','2026-11-27T17:24:59.501459+00:00');
CREATE TABLE trial (
	study_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	stage INTEGER NOT NULL, 
	configuration VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	epoch INTEGER, 
	reason VARCHAR NOT NULL, 
	score DOUBLE, 
	finished_at VARCHAR NOT NULL, origin VARCHAR DEFAULT 'sampler' NOT NULL, 
	CONSTRAINT pk_trial PRIMARY KEY (study_id, number), 
	CONSTRAINT fk_trial_study_id_stage FOREIGN KEY(study_id, stage) REFERENCES stage (study_id, number) ON DELETE CASCADE
);
INSERT INTO "trial" VALUES(1,0,1,'{"lr": 0.01, "wd": "off"}','complete',NULL,'',1.32417608280420456834e-01,'2026-11-27T17:24:59.606256+00:00','default');
INSERT INTO "trial" VALUES(1,3,1,'{"lr": 0.0013293511991786604, "wd": "off"}','complete',NULL,'',1.06291697530787737635e-01,'2026-11-27T17:24:59.633850+00:00','sampler');
INSERT INTO "trial" VALUES(1,1,1,'{"lr": 0.00465645873611273, "wd": 0.006135692066710183}','complete',NULL,'',1.32472110808594556452e-01,'2026-11-27T17:24:59.647604+00:00','sampler');
INSERT INTO "trial" VALUES(1,2,1,'{"lr": 0.0001669203158769087, "wd": 0.01166096135790553}','complete',NULL,'',8.51602002720171641358e-02,'2026-11-27T17:24:59.659859+00:00','sampler');
CREATE INDEX ix_trial_score ON trial (study_id, score);
CREATE TRIGGER trial_never_changes BEFORE UPDATE ON trial BEGIN SELECT RAISE(ABORT, 'trial rows are never changed'); END;
CREATE TRIGGER evaluation_never_changes BEFORE UPDATE ON evaluation BEGIN SELECT RAISE(ABORT, 'evaluation rows are never changed'); END;
CREATE TRIGGER opening_never_changes BEFORE UPDATE ON opening BEGIN SELECT RAISE(ABORT, 'opening rows are never changed'); END;
COMMIT;
